CREATE INDEX audit_entries_of_resource_type
    ON rescuestream.audit_entries (resource_type, occurred_at DESC, id DESC);
CREATE INDEX audit_entries_of_action
    ON rescuestream.audit_entries (action, occurred_at DESC, id DESC);
DROP INDEX rescuestream.audit_entries_of_actor_and_kind;
DROP INDEX rescuestream.audit_entries_of_kind;
