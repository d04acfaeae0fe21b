DROP TABLE credential_sessions;
DROP TABLE credential_changes;
DROP TABLE credentials;
