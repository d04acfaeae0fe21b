-- Only PostgreSQL changes: SQLite numbers changes of keys, and has their index.
SELECT 1;
