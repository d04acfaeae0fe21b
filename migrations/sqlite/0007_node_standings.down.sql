DROP TABLE unknown_sources;
DROP TABLE node_standings;
