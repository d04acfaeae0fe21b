-- When the value of a key was last replaced, so that the version of the key differs after each rotation.

ALTER TABLE stream_keys ADD COLUMN rotated_at INTEGER;
