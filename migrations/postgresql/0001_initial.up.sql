-- Broadcasters, stream keys with their claims, streams, cut-offs, audit.
--
-- Metadata is text, not jsonb: what was written comes back byte for byte.

CREATE TABLE rescuestream.broadcasters (
    id           uuid PRIMARY KEY,
    display_name text NOT NULL,
    metadata     text NOT NULL,
    created_at   timestamptz NOT NULL,
    updated_at   timestamptz NOT NULL,
    deleted_at   timestamptz
);
CREATE INDEX broadcasters_newest ON rescuestream.broadcasters (created_at DESC, id DESC)
    WHERE deleted_at IS NULL;

-- A claim is one UPDATE of one row. None of the columns that it writes stands in an index, and half
-- of each page is free, so that the new version of the row stays in its page (HOT).
CREATE TABLE rescuestream.stream_keys (
    id                   uuid PRIMARY KEY,
    broadcaster_id       uuid NOT NULL REFERENCES rescuestream.broadcasters (id),
    digest               bytea NOT NULL UNIQUE CHECK (octet_length(digest) = 32),
    label                text NOT NULL,
    playback_path        text NOT NULL,
    playback             text NOT NULL,
    on_duplicate         text,
    reconnect_window     bigint,  -- seconds
    max_session_duration bigint,  -- seconds
    disabled             boolean NOT NULL,
    created_at           timestamptz NOT NULL,
    expires_at           timestamptz,
    revoked_at           timestamptz,
    deleted_at           timestamptz,  -- with its broadcaster
    last_used_at         timestamptz,
    session_version      bigint NOT NULL DEFAULT 0,
    -- The claim; all of it is NULL when nobody holds the key.
    owner_connection     text,
    owner_node           text,
    owner_protocol       text,
    owner_path_is_secret boolean,
    owner_address        text,
    owner_user_agent     text,
    claimed_at           timestamptz,
    owner_live           boolean,
    stalled_since        timestamptz,
    last_takeover_at     timestamptz,
    -- Whom the last grant displaced: for its answer only.
    previous_connection  text
) WITH (fillfactor = 50);
CREATE UNIQUE INDEX stream_keys_playback_path ON rescuestream.stream_keys (playback_path)
    WHERE revoked_at IS NULL;
CREATE INDEX stream_keys_newest ON rescuestream.stream_keys (created_at DESC, id DESC)
    WHERE deleted_at IS NULL;
CREATE INDEX stream_keys_of_broadcaster
    ON rescuestream.stream_keys (broadcaster_id, created_at DESC, id DESC);

CREATE TABLE rescuestream.streams (
    id             uuid PRIMARY KEY,
    stream_key_id  uuid NOT NULL REFERENCES rescuestream.stream_keys (id),
    broadcaster_id uuid NOT NULL,
    node           text NOT NULL,
    path           text NOT NULL,
    state          text NOT NULL,
    generation     integer NOT NULL,
    started_at     timestamptz NOT NULL,
    ended_at       timestamptz,
    end_reason     text,
    source_type    text,
    source_id      text,
    interrupted_at timestamptz,
    observed_by    text NOT NULL,
    metadata       text NOT NULL,
    recording_ref  text
);
-- A key has one stream at a time.
CREATE UNIQUE INDEX streams_open_of_key ON rescuestream.streams (stream_key_id)
    WHERE state <> 'ended';
CREATE INDEX streams_open ON rescuestream.streams (started_at DESC, id DESC)
    WHERE state <> 'ended';
CREATE INDEX streams_newest ON rescuestream.streams (started_at DESC, id DESC);
CREATE INDEX streams_of_key ON rescuestream.streams (stream_key_id, started_at DESC, id DESC);
CREATE INDEX streams_of_broadcaster
    ON rescuestream.streams (broadcaster_id, started_at DESC, id DESC);
CREATE INDEX streams_of_node ON rescuestream.streams (node, started_at DESC, id DESC);

-- Connections that must go; a row leaves when a media server has confirmed that one is gone.
CREATE TABLE rescuestream.cutoffs (
    stream_key_id uuid NOT NULL REFERENCES rescuestream.stream_keys (id),
    connection_id text COLLATE "C" NOT NULL,
    node          text NOT NULL,
    protocol      text NOT NULL,
    stream_id     uuid,
    reason        text NOT NULL,
    requested_at  timestamptz NOT NULL,
    PRIMARY KEY (stream_key_id, connection_id)
);
CREATE INDEX cutoffs_of_node
    ON rescuestream.cutoffs (node, requested_at, stream_key_id, connection_id);

CREATE TABLE rescuestream.audit_entries (
    id             uuid PRIMARY KEY,
    occurred_at    timestamptz NOT NULL,
    actor          text NOT NULL,
    action         text NOT NULL,
    resource_type  text,
    resource_id    text,
    request_method text NOT NULL,
    request_path   text NOT NULL,
    ip_address     text NOT NULL,
    outcome        text NOT NULL,
    failure_reason text,
    metadata       text NOT NULL,
    request_id     text
);
CREATE INDEX audit_entries_newest ON rescuestream.audit_entries (occurred_at DESC, id DESC);
CREATE INDEX audit_entries_of_action
    ON rescuestream.audit_entries (action, occurred_at DESC, id DESC);
CREATE INDEX audit_entries_of_actor
    ON rescuestream.audit_entries (actor, occurred_at DESC, id DESC);
CREATE INDEX audit_entries_of_resource_type
    ON rescuestream.audit_entries (resource_type, occurred_at DESC, id DESC);
CREATE INDEX audit_entries_of_resource
    ON rescuestream.audit_entries (resource_id, occurred_at DESC, id DESC);

-- Every actor once: a part of a name is looked for here, not in millions of entries.
CREATE TABLE rescuestream.audit_actors (
    name text PRIMARY KEY
);
