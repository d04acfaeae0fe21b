-- What was assigned to an incident when it was closed: a close releases it, and what concerned it meanwhile must still be found.
CREATE TABLE incident_members (
    incident_id BLOB NOT NULL,
    member_id   BLOB NOT NULL,
    kind        TEXT NOT NULL,
    PRIMARY KEY (incident_id, member_id)
) STRICT;
