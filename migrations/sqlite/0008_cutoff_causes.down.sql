ALTER TABLE cutoffs DROP COLUMN decided_by;
