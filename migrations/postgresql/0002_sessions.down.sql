DROP TABLE rescuestream.stream_transitions;
ALTER TABLE rescuestream.cutoffs DROP COLUMN digest;
ALTER TABLE rescuestream.streams
    DROP COLUMN interruptions,
    DROP COLUMN interrupted_for,
    DROP COLUMN inbound_bytes,
    DROP COLUMN peak_bitrate,
    DROP COLUMN peak_readers;
DROP INDEX rescuestream.stream_keys_previous_digest;
ALTER TABLE rescuestream.stream_keys
    DROP COLUMN stale_after,
    DROP COLUMN blocked_until,
    DROP COLUMN broadcaster_disabled,
    DROP COLUMN previous_digest,
    DROP COLUMN previous_expires_at,
    DROP COLUMN owner_by_previous;
ALTER TABLE rescuestream.broadcasters DROP COLUMN disabled;
