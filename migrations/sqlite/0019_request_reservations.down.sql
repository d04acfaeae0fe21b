DROP TABLE request_reservations;
