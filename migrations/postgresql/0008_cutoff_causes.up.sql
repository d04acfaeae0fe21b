-- A cut-off says who decided it, for the stream that ends with it.

ALTER TABLE rescuestream.cutoffs ADD COLUMN decided_by text NOT NULL DEFAULT 'admin';
UPDATE rescuestream.cutoffs SET decided_by = 'reconciler' WHERE reason IN ('key_expired', 'max_duration');
