-- Who wrote an entry of the record: the server with what it changed, or a caller of /audit-events. NULL in entries from
-- before: they are judged when they are read.
ALTER TABLE audit_entries ADD COLUMN origin TEXT;

-- Signatures of changes that were seen, until they are stale by themselves: one is carried out once.
CREATE TABLE seen_signatures (
    digest     BLOB PRIMARY KEY CHECK (length(digest) = 32),
    first_seen INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX seen_signatures_expired ON seen_signatures (expires_at);
