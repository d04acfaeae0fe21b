DROP TABLE rescuestream.incident_members;
