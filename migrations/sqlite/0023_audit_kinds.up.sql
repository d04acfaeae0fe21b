-- A search by two of actor, action and resource type must not read all entries with one of them. Each index takes the place of one
-- that had only its first column: what is open in the middle has few values, which are searched one by one.
CREATE INDEX audit_entries_of_kind
    ON audit_entries (action, resource_type, occurred_at DESC, id DESC);
CREATE INDEX audit_entries_of_actor_and_kind
    ON audit_entries (actor, action, resource_type, occurred_at DESC, id DESC);
DROP INDEX audit_entries_of_action;
DROP INDEX audit_entries_of_resource_type;
