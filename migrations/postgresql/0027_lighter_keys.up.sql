-- Each new key and each claim pays for these. The numbers of changes were kept for programs from before 0005. A previous
-- digest is always a copy of a digest, which keeps the same constraint.
DROP INDEX rescuestream.stream_keys_facts;
ALTER TABLE rescuestream.stream_keys ALTER COLUMN fact_version SET DEFAULT 0;
CREATE OR REPLACE FUNCTION rescuestream.number_fact() RETURNS trigger LANGUAGE plpgsql AS
    'BEGIN NEW.fact_xid := pg_current_xact_id(); RETURN NEW; END';
ALTER TABLE rescuestream.stream_keys DROP CONSTRAINT stream_keys_previous_digest_check;
