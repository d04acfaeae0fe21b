-- Policies of a key that no statement compares are one JSON object, so that a new one needs no migration.

ALTER TABLE stream_keys ADD COLUMN policies TEXT NOT NULL DEFAULT '{}';
-- Their columns stay as they are, for programs of before that still run beside a newer one. (The patch leaves out what
-- is null.)
UPDATE stream_keys SET policies = json_patch('{}', json_object(
        'reconnect_window', reconnect_window, 'stale_after', stale_after,
        'max_session_duration', max_session_duration));

-- Servers judge publishers by them, from memory.
DROP TRIGGER stream_keys_number_fact;
CREATE TRIGGER stream_keys_number_fact AFTER UPDATE OF
    digest, previous_digest, previous_expires_at, playback_path, disabled, broadcaster_disabled,
    expires_at, revoked_at, blocked_until, deleted_at, policies
    ON stream_keys BEGIN
    UPDATE stream_keys SET fact_version = (SELECT max(fact_version) FROM stream_keys) + 1 WHERE id = NEW.id;
END;
