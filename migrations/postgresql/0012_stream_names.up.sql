-- A list of live streams contains the label of the key and the name of the broadcaster. When they change, the rows of the
-- streams are written again, so that a program that remembers the list sees by their versions (xmin, ctid) what changed.

CREATE FUNCTION rescuestream.write_streams_of_key() RETURNS trigger LANGUAGE plpgsql AS
    'BEGIN UPDATE rescuestream.streams SET node = node WHERE stream_key_id = NEW.id AND state <> ''ended''; '
    'RETURN NULL; END';
CREATE TRIGGER stream_keys_label AFTER UPDATE OF label ON rescuestream.stream_keys
    FOR EACH ROW WHEN (OLD.label IS DISTINCT FROM NEW.label) EXECUTE FUNCTION rescuestream.write_streams_of_key();

CREATE FUNCTION rescuestream.write_streams_of_broadcaster() RETURNS trigger LANGUAGE plpgsql AS
    'BEGIN UPDATE rescuestream.streams SET node = node WHERE broadcaster_id = NEW.id AND state <> ''ended''; '
    'RETURN NULL; END';
CREATE TRIGGER broadcasters_name AFTER UPDATE OF display_name ON rescuestream.broadcasters
    FOR EACH ROW WHEN (OLD.display_name IS DISTINCT FROM NEW.display_name)
    EXECUTE FUNCTION rescuestream.write_streams_of_broadcaster();
