-- Who wrote an entry of the record: the server with what it changed, or a caller of /audit-events. NULL in entries from
-- before: they are judged when they are read, since rewriting millions of rows would keep the server from starting.
ALTER TABLE rescuestream.audit_entries ADD COLUMN origin text;

-- Signatures of changes that were seen, until they are stale by themselves: one is carried out once.
CREATE TABLE rescuestream.seen_signatures (
    digest     bytea PRIMARY KEY CHECK (octet_length(digest) = 32),
    first_seen timestamptz NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE INDEX seen_signatures_expired ON rescuestream.seen_signatures (expires_at);
