DROP TABLE rescuestream.audit_actors;
DROP TABLE rescuestream.audit_entries;
DROP TABLE rescuestream.cutoffs;
DROP TABLE rescuestream.streams;
DROP TABLE rescuestream.stream_keys;
DROP TABLE rescuestream.broadcasters;
