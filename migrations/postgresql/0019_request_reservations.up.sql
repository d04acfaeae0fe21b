-- Requests with an Idempotency-Key, until the key may be used again. A change marks its row in its own transaction, so that
-- a repeated request is not carried out twice. The answer is encrypted with a key that is derived from the caller's
-- Idempotency-Key, of which only a digest is stored.

CREATE TABLE rescuestream.request_reservations (
    key           bytea PRIMARY KEY CHECK (octet_length(key) = 32),
    content       bytea NOT NULL CHECK (octet_length(content) = 32),
    id            uuid NOT NULL UNIQUE,
    running_until timestamptz NOT NULL,
    expires_at    timestamptz NOT NULL,
    made          boolean NOT NULL,
    made_type     text,
    made_id       text,
    answer        text
);
CREATE INDEX request_reservations_expired ON rescuestream.request_reservations (expires_at);
