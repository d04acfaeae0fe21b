DROP TRIGGER stream_keys_number_fact;
DROP TRIGGER stream_keys_number_new_fact;
DROP INDEX stream_keys_facts;
ALTER TABLE stream_keys DROP COLUMN fact_version;
