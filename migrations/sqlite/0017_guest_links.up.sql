-- Addresses with which people without an account watch streams. Only the digest of the code in the address is kept, and of
-- a PIN a salted one. There are no foreign keys: a link outlives what it shows.

CREATE TABLE guest_links (
    id            BLOB PRIMARY KEY,
    digest        BLOB NOT NULL UNIQUE CHECK (length(digest) = 32),
    pin           TEXT NOT NULL,  -- salt and digest; empty: none
    label         TEXT NOT NULL,
    targets       TEXT NOT NULL,  -- JSON: stream_key_ids, broadcaster_ids; both empty: those of the incident
    incident_id   BLOB,
    expires_at    INTEGER,
    max_addresses INTEGER,
    created_at    INTEGER NOT NULL,
    created_by    TEXT NOT NULL,
    closed_at     INTEGER
) STRICT;
CREATE INDEX guest_links_newest ON guest_links (created_at DESC, id DESC);
CREATE INDEX guest_links_of_incident ON guest_links (incident_id, created_at DESC, id DESC)
    WHERE incident_id IS NOT NULL;

-- From where each link was used: at most a thousand addresses of one.
CREATE TABLE guest_entries (
    guest_link_id BLOB NOT NULL,
    address       TEXT NOT NULL,
    entered_at    INTEGER NOT NULL,
    PRIMARY KEY (guest_link_id, address)
) STRICT;
