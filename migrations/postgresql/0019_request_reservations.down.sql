DROP TABLE rescuestream.request_reservations;
