-- Seals of the audit log: each contains the digests of the entries since the one before it, and the digest of that one, so that
-- an entry cannot be edited, removed or inserted unseen. Entries are sealed afterwards, so writing them does not touch this table.

CREATE TABLE rescuestream.audit_seals (
    number      bigint PRIMARY KEY,
    previous    bytea NOT NULL,
    digest      bytea NOT NULL,
    sealed_at   timestamptz NOT NULL,
    first_at    timestamptz NOT NULL,
    last_at     timestamptz NOT NULL,
    through_at  timestamptz NOT NULL,  -- the last place in the log that this seal or one before it contains
    through_id  uuid NOT NULL,
    cut_number  bigint,  -- retention has deleted the seals up to this one
    cut_digest  bytea NOT NULL,
    cut_entries bigint NOT NULL,
    signature   text NOT NULL,
    entries     text NOT NULL  -- ids and digests in base64url
);
CREATE INDEX audit_seals_through ON rescuestream.audit_seals (through_at);
