-- Programs of before know one key of each path.
CREATE TABLE shared_paths (playback_path TEXT NOT NULL) STRICT;
CREATE TRIGGER shared_paths_refuse BEFORE INSERT ON shared_paths BEGIN
    SELECT RAISE(ABORT, 'Several stream keys share one path, which the earlier schema cannot hold: revoke all but one key of each path first.');
END;
INSERT INTO shared_paths SELECT playback_path FROM stream_keys WHERE joined AND revoked_at IS NULL;
DROP TABLE shared_paths;

-- They would refuse a key with a policy that they do not know. With its path alone it needs no priority.
UPDATE stream_keys SET policies = json_remove(policies, '$.priority') WHERE policies LIKE '%"priority"%';
ALTER TABLE refused_attempts DROP COLUMN holder_key_id;
DROP TRIGGER stream_keys_give_path;
DROP INDEX stream_keys_joined;
DROP INDEX stream_keys_playback_path;
CREATE UNIQUE INDEX stream_keys_playback_path ON stream_keys (playback_path)
    WHERE revoked_at IS NULL;
ALTER TABLE stream_keys DROP COLUMN joined;
