-- Rows in SQLite have no versions: nothing is remembered of a list, and nothing has to be written when a name changes.
SELECT 1;
