-- What programs and people call the API with. Lists are words separated by spaces. Every change adds one to the number in
-- credential_changes, in its transaction, whose row it locks: so the numbers are in the order of the commits.

CREATE TABLE rescuestream.credentials (
    id                  text PRIMARY KEY,
    label               text NOT NULL,
    scopes              text NOT NULL,
    allowed_addresses   text NOT NULL,
    broadcasters        text NOT NULL,
    made_by             text NOT NULL,
    created_at          timestamptz NOT NULL,
    updated_at          timestamptz NOT NULL,
    expires_at          timestamptz,
    revoked_at          timestamptz,
    digest              bytea NOT NULL CHECK (octet_length(digest) = 32),
    sealed              text NOT NULL,
    previous_digest     bytea CHECK (octet_length(previous_digest) = 32),
    previous_sealed     text,
    previous_expires_at timestamptz,
    last_used_at        timestamptz,
    last_used_address   text NOT NULL DEFAULT ''
);

CREATE TABLE rescuestream.credential_changes (
    id     integer PRIMARY KEY CHECK (id = 1),
    number bigint NOT NULL
);
INSERT INTO rescuestream.credential_changes (id, number) VALUES (1, 1);

-- Sessions of browsers. They end with their credential ('' is the shared secret) and with its secret, whose digest this is.
CREATE TABLE rescuestream.credential_sessions (
    digest        bytea PRIMARY KEY CHECK (octet_length(digest) = 32),
    credential_id text NOT NULL,
    secret_digest bytea NOT NULL CHECK (octet_length(secret_digest) = 32),
    created_at    timestamptz NOT NULL,
    expires_at    timestamptz NOT NULL
);
