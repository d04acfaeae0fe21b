ALTER TABLE rescuestream.streams DROP COLUMN incident_id;
ALTER TABLE rescuestream.stream_keys DROP COLUMN created_by;
ALTER TABLE rescuestream.stream_keys DROP COLUMN until_closed;
ALTER TABLE rescuestream.stream_keys DROP COLUMN incident_id;
ALTER TABLE rescuestream.broadcasters DROP COLUMN incident_id;
DROP TABLE rescuestream.incidents;
