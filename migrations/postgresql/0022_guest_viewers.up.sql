-- So many players may show signed streams by a guest link at the same time.

ALTER TABLE rescuestream.guest_links ADD COLUMN max_viewers bigint;
