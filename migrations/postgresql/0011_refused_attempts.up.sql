-- Attempts to publish or read that were refused, counted together: the same id means the same action, network, protocol,
-- path, reason and key. The server deletes the oldest ones, so there are at most some ten thousand. Keys may be deleted
-- before them, so there is no foreign key.

CREATE TABLE rescuestream.refused_attempts (
    id             uuid PRIMARY KEY,
    action         text NOT NULL,
    network        text NOT NULL,
    protocol       text NOT NULL,
    path           text NOT NULL,
    reason         text NOT NULL,
    stream_key_id  uuid,
    remote_address text NOT NULL,
    node           text NOT NULL,
    user_agent     text NOT NULL,
    times          bigint NOT NULL,
    first_at       timestamptz NOT NULL,
    last_at        timestamptz NOT NULL
);
CREATE INDEX refused_attempts_newest ON rescuestream.refused_attempts (last_at DESC, id DESC);
CREATE INDEX refused_attempts_of_key ON rescuestream.refused_attempts (stream_key_id, last_at DESC, id DESC)
    WHERE stream_key_id IS NOT NULL;
