DROP TRIGGER stream_keys_tell ON rescuestream.stream_keys;
DROP TRIGGER stream_keys_number_fact ON rescuestream.stream_keys;
DROP FUNCTION rescuestream.number_fact();
ALTER TABLE rescuestream.stream_keys DROP COLUMN fact_version;
DROP SEQUENCE rescuestream.key_facts;
