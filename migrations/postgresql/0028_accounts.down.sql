DROP INDEX rescuestream.audit_entries_of_origin;
ALTER TABLE rescuestream.playback_keys DROP COLUMN account;
ALTER TABLE rescuestream.guest_links DROP COLUMN account;
ALTER TABLE rescuestream.incidents DROP COLUMN account;
ALTER TABLE rescuestream.credentials DROP COLUMN account;
