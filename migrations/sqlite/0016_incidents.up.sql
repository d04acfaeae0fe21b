-- Incidents: operations of a team. Broadcasters and keys are assigned to one at a time; a stream carries the incident of
-- its key at its start for ever. There are no foreign keys: the steps check the references.

CREATE TABLE incidents (
    id         BLOB PRIMARY KEY,
    name       TEXT NOT NULL,
    reference  TEXT NOT NULL,
    metadata   TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    closed_at  INTEGER,
    closed_by  TEXT NOT NULL
) STRICT;
CREATE INDEX incidents_newest ON incidents (created_at DESC, id DESC);

ALTER TABLE broadcasters ADD COLUMN incident_id BLOB;
CREATE INDEX broadcasters_of_incident ON broadcasters (incident_id) WHERE incident_id IS NOT NULL;

-- A broadcaster's keys get its incident too, as they get its state "disabled".
ALTER TABLE stream_keys ADD COLUMN incident_id BLOB;
ALTER TABLE stream_keys ADD COLUMN until_closed INTEGER NOT NULL DEFAULT 0;
ALTER TABLE stream_keys ADD COLUMN created_by TEXT NOT NULL DEFAULT '';
CREATE INDEX stream_keys_of_incident ON stream_keys (incident_id) WHERE incident_id IS NOT NULL;

ALTER TABLE streams ADD COLUMN incident_id BLOB;
CREATE INDEX streams_of_incident ON streams (incident_id, started_at DESC, id DESC) WHERE incident_id IS NOT NULL;
