DROP TABLE rescuestream.refused_attempts;
