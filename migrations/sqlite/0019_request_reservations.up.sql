-- Requests with an Idempotency-Key, until the key may be used again. A change marks its row in its own transaction, so that
-- a repeated request is not carried out twice. The answer is encrypted with a key that is derived from the caller's
-- Idempotency-Key, of which only a digest is stored.

CREATE TABLE request_reservations (
    key           BLOB PRIMARY KEY CHECK (length(key) = 32),
    content       BLOB NOT NULL CHECK (length(content) = 32),
    id            BLOB NOT NULL UNIQUE,
    running_until INTEGER NOT NULL,
    expires_at    INTEGER NOT NULL,
    made          INTEGER NOT NULL,
    made_type     TEXT,
    made_id       TEXT,
    answer        TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX request_reservations_expired ON request_reservations (expires_at);
