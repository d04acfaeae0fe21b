ALTER TABLE stream_keys DROP COLUMN rotated_at;
