ALTER TABLE rescuestream.stream_keys DROP COLUMN rotated_at;
