DROP INDEX audit_entries_of_origin;
ALTER TABLE playback_keys DROP COLUMN account;
ALTER TABLE guest_links DROP COLUMN account;
ALTER TABLE incidents DROP COLUMN account;
ALTER TABLE credentials DROP COLUMN account;
