-- A key with a policy that programs of before do not know must not be used without it: it is disabled.
UPDATE stream_keys SET
        reconnect_window = json_extract(policies, '$.reconnect_window'),
        stale_after = json_extract(policies, '$.stale_after'),
        max_session_duration = json_extract(policies, '$.max_session_duration'),
        disabled = disabled
            OR json_remove(policies, '$.reconnect_window', '$.stale_after', '$.max_session_duration') <> '{}';

DROP TRIGGER stream_keys_number_fact;
CREATE TRIGGER stream_keys_number_fact AFTER UPDATE OF
    digest, previous_digest, previous_expires_at, playback_path, disabled, broadcaster_disabled,
    expires_at, revoked_at, blocked_until, deleted_at
    ON stream_keys BEGIN
    UPDATE stream_keys SET fact_version = (SELECT max(fact_version) FROM stream_keys) + 1 WHERE id = NEW.id;
END;
ALTER TABLE stream_keys DROP COLUMN policies;
