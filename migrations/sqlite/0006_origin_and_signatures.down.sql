DROP TABLE seen_signatures;
ALTER TABLE audit_entries DROP COLUMN origin;
