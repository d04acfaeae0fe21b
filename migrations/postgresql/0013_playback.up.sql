-- What playback tokens are judged by: keys that verify them (of this installation with the encrypted private half, and
-- imported ones), short tokens by their digests, and revocations. Every change gets the next number of playback_versions,
-- whose row is locked until the change is committed, so that servers read all changes after a number.

CREATE TABLE rescuestream.playback_versions (
    id      integer PRIMARY KEY,
    version bigint NOT NULL
);
CREATE TABLE rescuestream.playback_keys (
    id          text PRIMARY KEY,
    is_own      boolean NOT NULL,
    algorithm   text NOT NULL,
    public_key  text NOT NULL,
    private_key text NOT NULL,
    issuer      text NOT NULL,
    label       text NOT NULL,
    paths       text NOT NULL,
    created_at  timestamptz NOT NULL,
    expires_at  timestamptz,
    version     bigint NOT NULL DEFAULT 0
);
CREATE TABLE rescuestream.playback_tokens (
    digest     bytea PRIMARY KEY,
    claims     text NOT NULL,
    expires_at timestamptz NOT NULL,
    version    bigint NOT NULL DEFAULT 0
);
CREATE INDEX playback_tokens_changed ON rescuestream.playback_tokens (version);
CREATE INDEX playback_tokens_expiring ON rescuestream.playback_tokens (expires_at);
CREATE TABLE rescuestream.playback_revocations (
    kind       text NOT NULL,
    value      text NOT NULL,
    revoked_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    version    bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (kind, value)
);
CREATE INDEX playback_revocations_changed ON rescuestream.playback_revocations (version);
CREATE INDEX playback_revocations_expiring ON rescuestream.playback_revocations (expires_at);
