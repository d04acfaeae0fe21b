DROP INDEX audit_entries_of_resource;
CREATE INDEX audit_entries_of_resource
    ON audit_entries (resource_id, occurred_at DESC, id DESC);
