ALTER TABLE guest_links DROP COLUMN max_viewers;
