DROP TABLE rescuestream.unknown_sources;
DROP TABLE rescuestream.node_standings;
