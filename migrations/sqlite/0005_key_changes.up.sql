-- Whose connection a reservation or a live source is, for those who claim to be it. (In PostgreSQL changes of keys are
-- told apart in another way from here on; here they are made one after the other anyway.)

CREATE INDEX stream_keys_of_connection ON stream_keys (owner_connection) WHERE owner_connection IS NOT NULL;
CREATE INDEX streams_open_of_source ON streams (source_id) WHERE state <> 'ended';
