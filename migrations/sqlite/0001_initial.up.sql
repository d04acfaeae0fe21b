-- Broadcasters, stream keys with their claims, streams, cut-offs, audit.
--
-- Ids are the 16 bytes of a UUID, times are microseconds since 1970-01-01 UTC, booleans 0 or 1.
-- Metadata is text as it was written.

CREATE TABLE broadcasters (
    id           BLOB PRIMARY KEY,
    display_name TEXT NOT NULL,
    metadata     TEXT NOT NULL,
    created_at   INTEGER NOT NULL,
    updated_at   INTEGER NOT NULL,
    deleted_at   INTEGER
) STRICT;
CREATE INDEX broadcasters_newest ON broadcasters (created_at DESC, id DESC)
    WHERE deleted_at IS NULL;

-- A claim is one UPDATE of one row. None of the columns that it writes stands in an index.
CREATE TABLE stream_keys (
    id                   BLOB PRIMARY KEY,
    broadcaster_id       BLOB NOT NULL REFERENCES broadcasters (id),
    digest               BLOB NOT NULL UNIQUE CHECK (length(digest) = 32),
    label                TEXT NOT NULL,
    playback_path        TEXT NOT NULL,
    playback             TEXT NOT NULL,
    on_duplicate         TEXT,
    reconnect_window     INTEGER,  -- seconds
    max_session_duration INTEGER,  -- seconds
    disabled             INTEGER NOT NULL,
    created_at           INTEGER NOT NULL,
    expires_at           INTEGER,
    revoked_at           INTEGER,
    deleted_at           INTEGER,  -- with its broadcaster
    last_used_at         INTEGER,
    session_version      INTEGER NOT NULL DEFAULT 0,
    -- The claim; all of it is NULL when nobody holds the key.
    owner_connection     TEXT,
    owner_node           TEXT,
    owner_protocol       TEXT,
    owner_path_is_secret INTEGER,
    owner_address        TEXT,
    owner_user_agent     TEXT,
    claimed_at           INTEGER,
    owner_live           INTEGER,
    stalled_since        INTEGER,
    last_takeover_at     INTEGER,
    -- Whom the last grant displaced: for its answer only.
    previous_connection  TEXT
) STRICT;
CREATE UNIQUE INDEX stream_keys_playback_path ON stream_keys (playback_path)
    WHERE revoked_at IS NULL;
CREATE INDEX stream_keys_newest ON stream_keys (created_at DESC, id DESC)
    WHERE deleted_at IS NULL;
CREATE INDEX stream_keys_of_broadcaster
    ON stream_keys (broadcaster_id, created_at DESC, id DESC);

CREATE TABLE streams (
    id             BLOB PRIMARY KEY,
    stream_key_id  BLOB NOT NULL REFERENCES stream_keys (id),
    broadcaster_id BLOB NOT NULL,
    node           TEXT NOT NULL,
    path           TEXT NOT NULL,
    state          TEXT NOT NULL,
    generation     INTEGER NOT NULL,
    started_at     INTEGER NOT NULL,
    ended_at       INTEGER,
    end_reason     TEXT,
    source_type    TEXT,
    source_id      TEXT,
    interrupted_at INTEGER,
    observed_by    TEXT NOT NULL,
    metadata       TEXT NOT NULL,
    recording_ref  TEXT
) STRICT;
-- A key has one stream at a time.
CREATE UNIQUE INDEX streams_open_of_key ON streams (stream_key_id)
    WHERE state <> 'ended';
CREATE INDEX streams_open ON streams (started_at DESC, id DESC)
    WHERE state <> 'ended';
CREATE INDEX streams_newest ON streams (started_at DESC, id DESC);
CREATE INDEX streams_of_key ON streams (stream_key_id, started_at DESC, id DESC);
CREATE INDEX streams_of_broadcaster
    ON streams (broadcaster_id, started_at DESC, id DESC);
CREATE INDEX streams_of_node ON streams (node, started_at DESC, id DESC);

-- Connections that must go; a row leaves when a media server has confirmed that one is gone.
CREATE TABLE cutoffs (
    stream_key_id BLOB NOT NULL REFERENCES stream_keys (id),
    connection_id TEXT NOT NULL,
    node          TEXT NOT NULL,
    protocol      TEXT NOT NULL,
    stream_id     BLOB,
    reason        TEXT NOT NULL,
    requested_at  INTEGER NOT NULL,
    PRIMARY KEY (stream_key_id, connection_id)
) STRICT;
CREATE INDEX cutoffs_of_node
    ON cutoffs (node, requested_at, stream_key_id, connection_id);

CREATE TABLE audit_entries (
    id             BLOB PRIMARY KEY,
    occurred_at    INTEGER NOT NULL,
    actor          TEXT NOT NULL,
    action         TEXT NOT NULL,
    resource_type  TEXT,
    resource_id    TEXT,
    request_method TEXT NOT NULL,
    request_path   TEXT NOT NULL,
    ip_address     TEXT NOT NULL,
    outcome        TEXT NOT NULL,
    failure_reason TEXT,
    metadata       TEXT NOT NULL,
    request_id     TEXT
) STRICT;
CREATE INDEX audit_entries_newest ON audit_entries (occurred_at DESC, id DESC);
CREATE INDEX audit_entries_of_action
    ON audit_entries (action, occurred_at DESC, id DESC);
CREATE INDEX audit_entries_of_actor
    ON audit_entries (actor, occurred_at DESC, id DESC);
CREATE INDEX audit_entries_of_resource_type
    ON audit_entries (resource_type, occurred_at DESC, id DESC);
CREATE INDEX audit_entries_of_resource
    ON audit_entries (resource_id, occurred_at DESC, id DESC);

-- Every actor once: a part of a name is looked for here, not in millions of entries.
CREATE TABLE audit_actors (
    name TEXT PRIMARY KEY
) STRICT;
