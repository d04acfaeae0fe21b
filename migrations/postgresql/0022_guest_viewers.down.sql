ALTER TABLE rescuestream.guest_links DROP COLUMN max_viewers;
