-- What programs and people call the API with. Lists are words separated by spaces. Every change adds one to the number in
-- credential_changes, in its transaction.

CREATE TABLE credentials (
    id                  TEXT PRIMARY KEY,
    label               TEXT NOT NULL,
    scopes              TEXT NOT NULL,
    allowed_addresses   TEXT NOT NULL,
    broadcasters        TEXT NOT NULL,
    made_by             TEXT NOT NULL,
    created_at          INTEGER NOT NULL,
    updated_at          INTEGER NOT NULL,
    expires_at          INTEGER,
    revoked_at          INTEGER,
    digest              BLOB NOT NULL CHECK (length(digest) = 32),
    sealed              TEXT NOT NULL,
    previous_digest     BLOB CHECK (length(previous_digest) = 32),
    previous_sealed     TEXT,
    previous_expires_at INTEGER,
    last_used_at        INTEGER,
    last_used_address   TEXT NOT NULL DEFAULT ''
) STRICT;

CREATE TABLE credential_changes (
    id     INTEGER PRIMARY KEY CHECK (id = 1),
    number INTEGER NOT NULL
) STRICT;
INSERT INTO credential_changes (id, number) VALUES (1, 1);

-- Sessions of browsers. They end with their credential ('' is the shared secret) and with its secret, whose digest this is.
CREATE TABLE credential_sessions (
    digest        BLOB PRIMARY KEY CHECK (length(digest) = 32),
    credential_id TEXT NOT NULL,
    secret_digest BLOB NOT NULL CHECK (length(secret_digest) = 32),
    created_at    INTEGER NOT NULL,
    expires_at    INTEGER NOT NULL
) STRICT;
