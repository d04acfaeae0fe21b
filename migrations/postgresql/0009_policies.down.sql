-- A key with a policy that programs of before do not know must not be used without it: it is disabled.
UPDATE rescuestream.stream_keys SET
        reconnect_window = CAST(policies::jsonb ->> 'reconnect_window' AS bigint),
        stale_after = CAST(policies::jsonb ->> 'stale_after' AS bigint),
        max_session_duration = CAST(policies::jsonb ->> 'max_session_duration' AS bigint),
        disabled = disabled
            OR policies::jsonb - ARRAY['reconnect_window', 'stale_after', 'max_session_duration'] <> '{}'::jsonb;

DROP TRIGGER stream_keys_number_fact ON rescuestream.stream_keys;
CREATE TRIGGER stream_keys_number_fact BEFORE UPDATE OF
    digest, previous_digest, previous_expires_at, playback_path, disabled, broadcaster_disabled,
    expires_at, revoked_at, blocked_until, deleted_at
    ON rescuestream.stream_keys FOR EACH ROW EXECUTE FUNCTION rescuestream.number_fact();
ALTER TABLE rescuestream.stream_keys DROP COLUMN policies;
