DROP TABLE rescuestream.seen_signatures;
ALTER TABLE rescuestream.audit_entries DROP COLUMN origin;
