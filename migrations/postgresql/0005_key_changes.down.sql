DROP INDEX rescuestream.streams_open_of_source;
CREATE TRIGGER stream_keys_tell AFTER INSERT OR UPDATE OF
    digest, previous_digest, previous_expires_at, playback_path, disabled, broadcaster_disabled,
    expires_at, revoked_at, blocked_until, deleted_at
    ON rescuestream.stream_keys FOR EACH STATEMENT EXECUTE FUNCTION rescuestream.tell_others();
DROP TRIGGER stream_keys_number_fact ON rescuestream.stream_keys;
CREATE OR REPLACE FUNCTION rescuestream.number_fact() RETURNS trigger LANGUAGE plpgsql AS
    'BEGIN PERFORM pg_advisory_xact_lock(7738151096083014771); '
    'NEW.fact_version := nextval(''rescuestream.key_facts''); RETURN NEW; END';
CREATE TRIGGER stream_keys_number_fact BEFORE INSERT OR UPDATE OF
    digest, previous_digest, previous_expires_at, playback_path, disabled, broadcaster_disabled,
    expires_at, revoked_at, blocked_until, deleted_at
    ON rescuestream.stream_keys FOR EACH ROW EXECUTE FUNCTION rescuestream.number_fact();
ALTER TABLE rescuestream.stream_keys ALTER COLUMN fact_version SET DEFAULT 0;
ALTER TABLE rescuestream.stream_keys DROP COLUMN fact_xid;
