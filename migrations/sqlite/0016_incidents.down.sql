DROP INDEX streams_of_incident;
ALTER TABLE streams DROP COLUMN incident_id;
DROP INDEX stream_keys_of_incident;
ALTER TABLE stream_keys DROP COLUMN created_by;
ALTER TABLE stream_keys DROP COLUMN until_closed;
ALTER TABLE stream_keys DROP COLUMN incident_id;
DROP INDEX broadcasters_of_incident;
ALTER TABLE broadcasters DROP COLUMN incident_id;
DROP TABLE incidents;
