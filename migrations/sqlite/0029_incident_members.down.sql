DROP TABLE incident_members;
