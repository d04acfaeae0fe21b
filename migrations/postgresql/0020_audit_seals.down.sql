DROP TABLE rescuestream.audit_seals;
