DROP INDEX audit_entries_of_resource;
CREATE INDEX audit_entries_of_resource
    ON audit_entries (resource_id, occurred_at DESC, id DESC, action, resource_type, actor);
ALTER TABLE playback_keys DROP COLUMN account;
ALTER TABLE guest_links DROP COLUMN account;
ALTER TABLE incidents DROP COLUMN account;
ALTER TABLE credentials DROP COLUMN account;
