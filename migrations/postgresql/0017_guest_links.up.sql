-- Addresses with which people without an account watch streams. Only the digest of the code in the address is kept, and of
-- a PIN a salted one. There are no foreign keys: a link outlives what it shows.

CREATE TABLE rescuestream.guest_links (
    id            uuid PRIMARY KEY,
    digest        bytea NOT NULL UNIQUE,
    pin           text NOT NULL,  -- salt and digest; empty: none
    label         text NOT NULL,
    targets       text NOT NULL,  -- JSON: stream_key_ids, broadcaster_ids; both empty: those of the incident
    incident_id   uuid,
    expires_at    timestamptz,
    max_addresses bigint,
    created_at    timestamptz NOT NULL,
    created_by    text NOT NULL,
    closed_at     timestamptz
);
CREATE INDEX guest_links_newest ON rescuestream.guest_links (created_at DESC, id DESC);
CREATE INDEX guest_links_of_incident ON rescuestream.guest_links (incident_id, created_at DESC, id DESC)
    WHERE incident_id IS NOT NULL;

-- From where each link was used: at most a thousand addresses of one.
CREATE TABLE rescuestream.guest_entries (
    guest_link_id uuid NOT NULL,
    address       text NOT NULL,
    entered_at    timestamptz NOT NULL,
    PRIMARY KEY (guest_link_id, address)
);
