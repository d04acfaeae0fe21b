-- Several keys of one broadcaster may share a path if all of them have a priority. One of them is the path's owner in the unique
-- index; the others have joined it. Decision record 0045.
ALTER TABLE rescuestream.stream_keys ADD COLUMN joined boolean NOT NULL DEFAULT FALSE;
DROP INDEX rescuestream.stream_keys_playback_path;
CREATE UNIQUE INDEX stream_keys_playback_path ON rescuestream.stream_keys (playback_path)
    WHERE revoked_at IS NULL AND NOT joined;
CREATE INDEX stream_keys_joined ON rescuestream.stream_keys (playback_path) WHERE revoked_at IS NULL AND joined;

-- When the owner loses the path, the oldest of the others becomes the owner in the same transaction. The inner lock waits for a
-- transaction that revokes that one, and then takes the next.
CREATE FUNCTION rescuestream.give_path() RETURNS trigger LANGUAGE plpgsql AS
    'BEGIN UPDATE rescuestream.stream_keys SET joined = FALSE WHERE id = (SELECT k.id FROM rescuestream.stream_keys k '
    'WHERE k.playback_path = OLD.playback_path AND k.revoked_at IS NULL AND k.joined '
    'ORDER BY k.created_at, k.id LIMIT 1 FOR NO KEY UPDATE); RETURN NULL; END';
CREATE TRIGGER stream_keys_give_path AFTER UPDATE OF revoked_at, playback_path ON rescuestream.stream_keys
    FOR EACH ROW WHEN (NOT OLD.joined AND OLD.revoked_at IS NULL
        AND (NEW.revoked_at IS NOT NULL OR NEW.playback_path <> OLD.playback_path))
    EXECUTE FUNCTION rescuestream.give_path();

-- The other key that had the path of a refused publisher.
ALTER TABLE rescuestream.refused_attempts ADD COLUMN holder_key_id uuid;
