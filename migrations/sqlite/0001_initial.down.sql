DROP TABLE audit_actors;
DROP TABLE audit_entries;
DROP TABLE cutoffs;
DROP TABLE streams;
DROP TABLE stream_keys;
DROP TABLE broadcasters;
