-- Sessions of viewers, of which those that have ended are deleted after a day. The numbers of their changes are counted in
-- the row 2 of playback_versions.

CREATE TABLE viewers (
    id             TEXT PRIMARY KEY,
    node           TEXT NOT NULL,
    path           TEXT NOT NULL,
    protocol       TEXT NOT NULL,
    remote_address TEXT NOT NULL,
    user_agent     TEXT NOT NULL,
    grants         TEXT NOT NULL,
    viewer_id      TEXT,
    token_id       TEXT,
    is_helper      INTEGER NOT NULL,
    since          INTEGER NOT NULL,
    ended_at       INTEGER,
    removed_at     INTEGER,
    version        INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX viewers_newest ON viewers (since DESC, id DESC);
CREATE INDEX viewers_of_path ON viewers (path, since DESC, id DESC);
CREATE INDEX viewers_present ON viewers (since DESC, id DESC) WHERE ended_at IS NULL;
CREATE INDEX viewers_changed ON viewers (version);
CREATE INDEX viewers_ended ON viewers (ended_at) WHERE ended_at IS NOT NULL;
