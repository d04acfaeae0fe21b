-- A cut-off says who decided it, for the stream that ends with it.

ALTER TABLE cutoffs ADD COLUMN decided_by TEXT NOT NULL DEFAULT 'admin';
UPDATE cutoffs SET decided_by = 'reconciler' WHERE reason IN ('key_expired', 'max_duration');
