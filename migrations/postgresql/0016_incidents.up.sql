-- Incidents: operations of a team. Broadcasters and keys are assigned to one at a time; a stream carries the incident of
-- its key at its start for ever. There are no foreign keys: the steps check the references, with the incident locked.

CREATE TABLE rescuestream.incidents (
    id         uuid PRIMARY KEY,
    name       text NOT NULL,
    reference  text NOT NULL,
    metadata   text NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    created_by text NOT NULL,
    closed_at  timestamptz,
    closed_by  text NOT NULL
);
CREATE INDEX incidents_newest ON rescuestream.incidents (created_at DESC, id DESC);

ALTER TABLE rescuestream.broadcasters ADD COLUMN incident_id uuid;
CREATE INDEX broadcasters_of_incident ON rescuestream.broadcasters (incident_id) WHERE incident_id IS NOT NULL;

-- A broadcaster's keys get its incident too, as they get its state "disabled".
ALTER TABLE rescuestream.stream_keys ADD COLUMN incident_id uuid;
ALTER TABLE rescuestream.stream_keys ADD COLUMN until_closed boolean NOT NULL DEFAULT FALSE;
ALTER TABLE rescuestream.stream_keys ADD COLUMN created_by text NOT NULL DEFAULT '';
CREATE INDEX stream_keys_of_incident ON rescuestream.stream_keys (incident_id) WHERE incident_id IS NOT NULL;

ALTER TABLE rescuestream.streams ADD COLUMN incident_id uuid;
CREATE INDEX streams_of_incident ON rescuestream.streams (incident_id, started_at DESC, id DESC)
    WHERE incident_id IS NOT NULL;
