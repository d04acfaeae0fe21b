-- Attempts to publish or read that were refused, counted together: the same id means the same action, network, protocol,
-- path, reason and key. The server deletes the oldest ones, so there are at most some ten thousand. Keys may be deleted
-- before them, so there is no foreign key.

CREATE TABLE refused_attempts (
    id             BLOB PRIMARY KEY,
    action         TEXT NOT NULL,
    network        TEXT NOT NULL,
    protocol       TEXT NOT NULL,
    path           TEXT NOT NULL,
    reason         TEXT NOT NULL,
    stream_key_id  BLOB,
    remote_address TEXT NOT NULL,
    node           TEXT NOT NULL,
    user_agent     TEXT NOT NULL,
    times          INTEGER NOT NULL,
    first_at       INTEGER NOT NULL,
    last_at        INTEGER NOT NULL
) STRICT;
CREATE INDEX refused_attempts_newest ON refused_attempts (last_at DESC, id DESC);
CREATE INDEX refused_attempts_of_key ON refused_attempts (stream_key_id, last_at DESC, id DESC)
    WHERE stream_key_id IS NOT NULL;
