-- Changes of keys are told apart by the transactions that made them, not by numbers in the order of the commits: whoever
-- wanted the next number had to wait until the disk had the change before. Decision record 0013 says how they are read.

-- All rows count as changed by this migration.
ALTER TABLE rescuestream.stream_keys ADD COLUMN fact_xid xid8 NOT NULL DEFAULT pg_current_xact_id();
CREATE INDEX stream_keys_changes ON rescuestream.stream_keys (fact_xid, id);

-- The numbers of before, and their index, are for programs of before that still run beside a newer one. They are no
-- longer in the order of the commits.
ALTER TABLE rescuestream.stream_keys ALTER COLUMN fact_version SET DEFAULT nextval('rescuestream.key_facts');
DROP TRIGGER stream_keys_number_fact ON rescuestream.stream_keys;
CREATE OR REPLACE FUNCTION rescuestream.number_fact() RETURNS trigger LANGUAGE plpgsql AS
    'BEGIN NEW.fact_xid := pg_current_xact_id(); '
    'NEW.fact_version := nextval(''rescuestream.key_facts''); RETURN NEW; END';
CREATE TRIGGER stream_keys_number_fact BEFORE UPDATE OF
    digest, previous_digest, previous_expires_at, playback_path, disabled, broadcaster_disabled,
    expires_at, revoked_at, blocked_until, deleted_at
    ON rescuestream.stream_keys FOR EACH ROW EXECUTE FUNCTION rescuestream.number_fact();

-- Transactions that notify commit one after the other, each with its wait for the disk. The programs tell one another
-- after the commit instead.
DROP TRIGGER stream_keys_tell ON rescuestream.stream_keys;

-- Whose connection a live source is, for those who claim to be it.
CREATE INDEX streams_open_of_source ON rescuestream.streams (source_id) WHERE state <> 'ended';
