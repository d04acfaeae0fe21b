-- Policies of a key that no statement compares are one JSON object, so that a new one needs no migration. Text, not
-- jsonb: what a newer release has written comes back as it was.

ALTER TABLE rescuestream.stream_keys ADD COLUMN policies text NOT NULL DEFAULT '{}';
-- Their columns stay as they are, for programs of before that still run beside a newer one.
UPDATE rescuestream.stream_keys SET policies = jsonb_strip_nulls(jsonb_build_object(
        'reconnect_window', reconnect_window, 'stale_after', stale_after,
        'max_session_duration', max_session_duration))::text
    WHERE reconnect_window IS NOT NULL OR stale_after IS NOT NULL OR max_session_duration IS NOT NULL;

-- Servers judge publishers by them, from memory.
DROP TRIGGER stream_keys_number_fact ON rescuestream.stream_keys;
CREATE TRIGGER stream_keys_number_fact BEFORE UPDATE OF
    digest, previous_digest, previous_expires_at, playback_path, disabled, broadcaster_disabled,
    expires_at, revoked_at, blocked_until, deleted_at, policies
    ON rescuestream.stream_keys FOR EACH ROW EXECUTE FUNCTION rescuestream.number_fact();
