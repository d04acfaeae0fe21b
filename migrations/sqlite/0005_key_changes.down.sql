DROP INDEX streams_open_of_source;
DROP INDEX stream_keys_of_connection;
