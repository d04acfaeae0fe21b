-- Seals of the audit log: each contains the digests of the entries since the one before it, and the digest of that one, so that
-- an entry cannot be edited, removed or inserted unseen. Entries are sealed afterwards, so writing them does not touch this table.

CREATE TABLE audit_seals (
    number      INTEGER PRIMARY KEY,
    previous    BLOB NOT NULL,
    digest      BLOB NOT NULL,
    sealed_at   INTEGER NOT NULL,
    first_at    INTEGER NOT NULL,
    last_at     INTEGER NOT NULL,
    through_at  INTEGER NOT NULL,  -- the last place in the log that this seal or one before it contains
    through_id  BLOB NOT NULL,
    cut_number  INTEGER,  -- retention has deleted the seals up to this one
    cut_digest  BLOB NOT NULL,
    cut_entries INTEGER NOT NULL,
    signature   TEXT NOT NULL,
    entries     TEXT NOT NULL  -- ids and digests in base64url
) STRICT;
CREATE INDEX audit_seals_through ON audit_seals (through_at);
