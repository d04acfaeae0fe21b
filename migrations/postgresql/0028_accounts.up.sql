-- What a credential without the scope admin makes counts for one account, also by way of credentials that it made: its share of
-- open incidents, open guest links, playback keys and credentials is limited. Empty: nobody's, or the credential's own.
ALTER TABLE rescuestream.credentials ADD COLUMN account text NOT NULL DEFAULT '';
ALTER TABLE rescuestream.incidents ADD COLUMN account text NOT NULL DEFAULT '';
ALTER TABLE rescuestream.guest_links ADD COLUMN account text NOT NULL DEFAULT '';
ALTER TABLE rescuestream.playback_keys ADD COLUMN account text NOT NULL DEFAULT '';

-- The server's own entries about a resource are found in the index alone, however many events other programs have reported about it.
DROP INDEX rescuestream.audit_entries_of_resource;
CREATE INDEX audit_entries_of_resource
    ON rescuestream.audit_entries (resource_id, occurred_at DESC, id DESC) INCLUDE (action, resource_type, actor, origin);
