-- Programs of before know one key of each path.
DO 'BEGIN IF EXISTS (SELECT 1 FROM rescuestream.stream_keys WHERE joined AND revoked_at IS NULL) THEN '
    'RAISE EXCEPTION ''Several stream keys share one path, which the earlier schema cannot hold: revoke all but one key of each path first.''; '
    'END IF; END';
-- They would refuse a key with a policy that they do not know. With its path alone it needs no priority.
UPDATE rescuestream.stream_keys SET policies = (CAST(policies AS jsonb) - 'priority')::text
    WHERE policies LIKE '%"priority"%';
ALTER TABLE rescuestream.refused_attempts DROP COLUMN holder_key_id;
DROP TRIGGER stream_keys_give_path ON rescuestream.stream_keys;
DROP FUNCTION rescuestream.give_path();
DROP INDEX rescuestream.stream_keys_joined;
DROP INDEX rescuestream.stream_keys_playback_path;
CREATE UNIQUE INDEX stream_keys_playback_path ON rescuestream.stream_keys (playback_path) WHERE revoked_at IS NULL;
ALTER TABLE rescuestream.stream_keys DROP COLUMN joined;
