DROP INDEX rescuestream.audit_entries_of_resource;
CREATE INDEX audit_entries_of_resource
    ON rescuestream.audit_entries (resource_id, occurred_at DESC, id DESC) INCLUDE (action, resource_type, actor);
ALTER TABLE rescuestream.playback_keys DROP COLUMN account;
ALTER TABLE rescuestream.guest_links DROP COLUMN account;
ALTER TABLE rescuestream.incidents DROP COLUMN account;
ALTER TABLE rescuestream.credentials DROP COLUMN account;
