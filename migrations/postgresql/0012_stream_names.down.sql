DROP TRIGGER broadcasters_name ON rescuestream.broadcasters;
DROP TRIGGER stream_keys_label ON rescuestream.stream_keys;
DROP FUNCTION rescuestream.write_streams_of_broadcaster();
DROP FUNCTION rescuestream.write_streams_of_key();
