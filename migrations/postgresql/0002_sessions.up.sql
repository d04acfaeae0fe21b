-- Sessions that survive a drop: gaps, timelines, figures; keys that rotate, are blocked, or rest with
-- their broadcaster.

ALTER TABLE rescuestream.broadcasters ADD COLUMN disabled boolean NOT NULL DEFAULT FALSE;

ALTER TABLE rescuestream.stream_keys
    ADD COLUMN stale_after          bigint,  -- seconds
    ADD COLUMN blocked_until        timestamptz,
    ADD COLUMN broadcaster_disabled boolean NOT NULL DEFAULT FALSE,  -- as its broadcaster's row says
    -- The value from before a rotation with an overlap.
    ADD COLUMN previous_digest      bytea CHECK (octet_length(previous_digest) = 32),
    ADD COLUMN previous_expires_at  timestamptz,
    ADD COLUMN owner_by_previous    boolean NOT NULL DEFAULT FALSE;
CREATE UNIQUE INDEX stream_keys_previous_digest ON rescuestream.stream_keys (previous_digest)
    WHERE previous_digest IS NOT NULL;

ALTER TABLE rescuestream.streams
    ADD COLUMN interruptions   integer NOT NULL DEFAULT 0,
    ADD COLUMN interrupted_for bigint NOT NULL DEFAULT 0,  -- milliseconds
    ADD COLUMN inbound_bytes   bigint,
    ADD COLUMN peak_bitrate    bigint,  -- bits per second
    ADD COLUMN peak_readers    bigint;

-- Of the key value that the connection was accepted with; a rotation changes the key's own.
ALTER TABLE rescuestream.cutoffs ADD COLUMN digest bytea;

CREATE TABLE rescuestream.stream_transitions (
    stream_id     uuid NOT NULL REFERENCES rescuestream.streams (id),
    sequence      bigint NOT NULL,  -- 1, 2, 3, … for each stream
    occurred_at   timestamptz NOT NULL,
    kind          text NOT NULL,
    source        text NOT NULL,
    generation    integer NOT NULL,
    connection_id text,
    reason        text NOT NULL,
    gap           bigint,  -- milliseconds
    PRIMARY KEY (stream_id, sequence)
);
