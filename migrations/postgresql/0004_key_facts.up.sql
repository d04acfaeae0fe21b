-- Servers judge key values from memory: each change of a key that matters for it gets a number, in the order of the
-- commits, so that whoever has seen all up to a number has missed none.

ALTER TABLE rescuestream.stream_keys ADD COLUMN fact_version bigint NOT NULL DEFAULT 0;
CREATE SEQUENCE rescuestream.key_facts;
UPDATE rescuestream.stream_keys k SET fact_version = n.version
    FROM (SELECT id, nextval('rescuestream.key_facts') AS version FROM rescuestream.stream_keys) n WHERE n.id = k.id;
CREATE INDEX stream_keys_facts ON rescuestream.stream_keys (fact_version);

-- The lock is held until the commit: the next number is taken by whoever sees what this transaction wrote. Its own
-- number is any that nobody else uses: "keyfacts" in ASCII.
CREATE FUNCTION rescuestream.number_fact() RETURNS trigger LANGUAGE plpgsql AS
    'BEGIN PERFORM pg_advisory_xact_lock(7738151096083014771); '
    'NEW.fact_version := nextval(''rescuestream.key_facts''); RETURN NEW; END';
CREATE TRIGGER stream_keys_number_fact BEFORE INSERT OR UPDATE OF
    digest, previous_digest, previous_expires_at, playback_path, disabled, broadcaster_disabled,
    expires_at, revoked_at, blocked_until, deleted_at
    ON rescuestream.stream_keys FOR EACH ROW EXECUTE FUNCTION rescuestream.number_fact();
CREATE TRIGGER stream_keys_tell AFTER INSERT OR UPDATE OF
    digest, previous_digest, previous_expires_at, playback_path, disabled, broadcaster_disabled,
    expires_at, revoked_at, blocked_until, deleted_at
    ON rescuestream.stream_keys FOR EACH STATEMENT EXECUTE FUNCTION rescuestream.tell_others();
