ALTER TABLE rescuestream.cutoffs DROP COLUMN decided_by;
