-- What playback tokens are judged by: keys that verify them (of this installation with the encrypted private half, and
-- imported ones), short tokens by their digests, and revocations. Every change gets the next number of playback_versions,
-- whose row is locked until the change is committed, so that servers read all changes after a number.

CREATE TABLE playback_versions (
    id      INTEGER PRIMARY KEY,
    version INTEGER NOT NULL
) STRICT;
CREATE TABLE playback_keys (
    id          TEXT PRIMARY KEY,
    is_own      INTEGER NOT NULL,
    algorithm   TEXT NOT NULL,
    public_key  TEXT NOT NULL,
    private_key TEXT NOT NULL,
    issuer      TEXT NOT NULL,
    label       TEXT NOT NULL,
    paths       TEXT NOT NULL,
    created_at  INTEGER NOT NULL,
    expires_at  INTEGER,
    version     INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE playback_tokens (
    digest     BLOB PRIMARY KEY,
    claims     TEXT NOT NULL,
    expires_at INTEGER NOT NULL,
    version    INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX playback_tokens_changed ON playback_tokens (version);
CREATE INDEX playback_tokens_expiring ON playback_tokens (expires_at);
CREATE TABLE playback_revocations (
    kind       TEXT NOT NULL,
    value      TEXT NOT NULL,
    revoked_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    version    INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (kind, value)
) STRICT;
CREATE INDEX playback_revocations_changed ON playback_revocations (version);
CREATE INDEX playback_revocations_expiring ON playback_revocations (expires_at);
