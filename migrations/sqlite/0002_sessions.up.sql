-- Sessions that survive a drop: gaps, timelines, figures; keys that rotate, are blocked, or rest with
-- their broadcaster.

ALTER TABLE broadcasters ADD COLUMN disabled INTEGER NOT NULL DEFAULT 0;

ALTER TABLE stream_keys ADD COLUMN stale_after INTEGER;  -- seconds
ALTER TABLE stream_keys ADD COLUMN blocked_until INTEGER;
-- As its broadcaster's row says.
ALTER TABLE stream_keys ADD COLUMN broadcaster_disabled INTEGER NOT NULL DEFAULT 0;
-- The value from before a rotation with an overlap.
ALTER TABLE stream_keys ADD COLUMN previous_digest BLOB;
ALTER TABLE stream_keys ADD COLUMN previous_expires_at INTEGER;
ALTER TABLE stream_keys ADD COLUMN owner_by_previous INTEGER NOT NULL DEFAULT 0;
CREATE UNIQUE INDEX stream_keys_previous_digest ON stream_keys (previous_digest)
    WHERE previous_digest IS NOT NULL;

ALTER TABLE streams ADD COLUMN interruptions INTEGER NOT NULL DEFAULT 0;
ALTER TABLE streams ADD COLUMN interrupted_for INTEGER NOT NULL DEFAULT 0;  -- milliseconds
ALTER TABLE streams ADD COLUMN inbound_bytes INTEGER;
ALTER TABLE streams ADD COLUMN peak_bitrate INTEGER;  -- bits per second
ALTER TABLE streams ADD COLUMN peak_readers INTEGER;

-- Of the key value that the connection was accepted with; a rotation changes the key's own.
ALTER TABLE cutoffs ADD COLUMN digest BLOB;

CREATE TABLE stream_transitions (
    stream_id     BLOB NOT NULL REFERENCES streams (id),
    sequence      INTEGER NOT NULL,  -- 1, 2, 3, ... for each stream
    occurred_at   INTEGER NOT NULL,
    kind          TEXT NOT NULL,
    source        TEXT NOT NULL,
    generation    INTEGER NOT NULL,
    connection_id TEXT,
    reason        TEXT NOT NULL,
    gap           INTEGER,  -- milliseconds
    PRIMARY KEY (stream_id, sequence)
) STRICT, WITHOUT ROWID;
