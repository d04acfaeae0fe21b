-- Several keys of one broadcaster may share a path if all of them have a priority. One of them is the path's owner in the unique
-- index; the others have joined it. Decision record 0045.
ALTER TABLE stream_keys ADD COLUMN joined INTEGER NOT NULL DEFAULT 0;
DROP INDEX stream_keys_playback_path;
CREATE UNIQUE INDEX stream_keys_playback_path ON stream_keys (playback_path)
    WHERE revoked_at IS NULL AND NOT joined;
CREATE INDEX stream_keys_joined ON stream_keys (playback_path) WHERE revoked_at IS NULL AND joined;

-- When the owner loses the path, the oldest of the others becomes the owner in the same transaction.
CREATE TRIGGER stream_keys_give_path AFTER UPDATE OF revoked_at, playback_path ON stream_keys
    WHEN NOT OLD.joined AND OLD.revoked_at IS NULL
        AND (NEW.revoked_at IS NOT NULL OR NEW.playback_path <> OLD.playback_path) BEGIN
    UPDATE stream_keys SET joined = 0 WHERE id = (SELECT k.id FROM stream_keys k
        WHERE k.playback_path = OLD.playback_path AND k.revoked_at IS NULL AND k.joined
        ORDER BY k.created_at, k.id LIMIT 1);
END;

-- The other key that had the path of a refused publisher.
ALTER TABLE refused_attempts ADD COLUMN holder_key_id BLOB;
