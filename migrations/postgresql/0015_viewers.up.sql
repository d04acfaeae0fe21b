-- Sessions of viewers, of which those that have ended are deleted after a day. The numbers of their changes are counted in
-- the row 2 of playback_versions.

CREATE TABLE rescuestream.viewers (
    id             text PRIMARY KEY,
    node           text NOT NULL,
    path           text NOT NULL,
    protocol       text NOT NULL,
    remote_address text NOT NULL,
    user_agent     text NOT NULL,
    grants         text NOT NULL,
    viewer_id      text,
    token_id       text,
    is_helper      boolean NOT NULL,
    since          timestamptz NOT NULL,
    ended_at       timestamptz,
    removed_at     timestamptz,
    version        bigint NOT NULL DEFAULT 0
);
CREATE INDEX viewers_newest ON rescuestream.viewers (since DESC, id DESC);
CREATE INDEX viewers_of_path ON rescuestream.viewers (path, since DESC, id DESC);
CREATE INDEX viewers_present ON rescuestream.viewers (since DESC, id DESC) WHERE ended_at IS NULL;
CREATE INDEX viewers_changed ON rescuestream.viewers (version);
CREATE INDEX viewers_ended ON rescuestream.viewers (ended_at) WHERE ended_at IS NOT NULL;
