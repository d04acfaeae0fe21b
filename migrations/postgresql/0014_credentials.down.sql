DROP TABLE rescuestream.credential_sessions;
DROP TABLE rescuestream.credential_changes;
DROP TABLE rescuestream.credentials;
