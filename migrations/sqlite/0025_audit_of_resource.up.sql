-- A search for one resource by actor, action or type too must not read the rows of all its entries: the index alone answers it.
DROP INDEX audit_entries_of_resource;
CREATE INDEX audit_entries_of_resource
    ON audit_entries (resource_id, occurred_at DESC, id DESC, action, resource_type, actor);
