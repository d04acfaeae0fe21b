ALTER TABLE rescuestream.stream_keys
    ADD CONSTRAINT stream_keys_previous_digest_check CHECK (octet_length(previous_digest) = 32);
CREATE OR REPLACE FUNCTION rescuestream.number_fact() RETURNS trigger LANGUAGE plpgsql AS
    'BEGIN NEW.fact_xid := pg_current_xact_id(); '
    'NEW.fact_version := nextval(''rescuestream.key_facts''); RETURN NEW; END';
ALTER TABLE rescuestream.stream_keys ALTER COLUMN fact_version SET DEFAULT nextval('rescuestream.key_facts');
CREATE INDEX stream_keys_facts ON rescuestream.stream_keys (fact_version);
