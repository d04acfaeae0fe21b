-- Servers judge key values from memory: each change of a key that matters for it gets a number, in the order of the
-- commits, so that whoever has seen all up to a number has missed none.

ALTER TABLE stream_keys ADD COLUMN fact_version INTEGER NOT NULL DEFAULT 0;
UPDATE stream_keys SET fact_version = n.version
    FROM (SELECT id, row_number() OVER (ORDER BY created_at, id) AS version FROM stream_keys) AS n
    WHERE n.id = stream_keys.id;
CREATE INDEX stream_keys_facts ON stream_keys (fact_version);

CREATE TRIGGER stream_keys_number_new_fact AFTER INSERT ON stream_keys BEGIN
    UPDATE stream_keys SET fact_version = (SELECT max(fact_version) FROM stream_keys) + 1 WHERE id = NEW.id;
END;
CREATE TRIGGER stream_keys_number_fact AFTER UPDATE OF
    digest, previous_digest, previous_expires_at, playback_path, disabled, broadcaster_disabled,
    expires_at, revoked_at, blocked_until, deleted_at
    ON stream_keys BEGIN
    UPDATE stream_keys SET fact_version = (SELECT max(fact_version) FROM stream_keys) + 1 WHERE id = NEW.id;
END;
