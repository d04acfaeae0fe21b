-- What a credential without the scope admin makes counts for one account, also by way of credentials that it made: its share of
-- open incidents, open guest links, playback keys and credentials is limited. Empty: nobody's, or the credential's own.
ALTER TABLE credentials ADD COLUMN account TEXT NOT NULL DEFAULT '';
ALTER TABLE incidents ADD COLUMN account TEXT NOT NULL DEFAULT '';
ALTER TABLE guest_links ADD COLUMN account TEXT NOT NULL DEFAULT '';
ALTER TABLE playback_keys ADD COLUMN account TEXT NOT NULL DEFAULT '';

-- The server's own entries about a resource are found in the index alone, however many events other programs have reported about it.
DROP INDEX audit_entries_of_resource;
CREATE INDEX audit_entries_of_resource
    ON audit_entries (resource_id, occurred_at DESC, id DESC, action, resource_type, actor, origin);
