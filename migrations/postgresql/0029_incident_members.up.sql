-- What was assigned to an incident when it was closed: a close releases it, and what concerned it meanwhile must still be found.
CREATE TABLE rescuestream.incident_members (
    incident_id uuid NOT NULL,
    member_id   uuid NOT NULL,
    kind        text NOT NULL,
    PRIMARY KEY (incident_id, member_id)
);
