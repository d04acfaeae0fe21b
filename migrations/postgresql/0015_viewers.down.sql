DROP TABLE rescuestream.viewers;
