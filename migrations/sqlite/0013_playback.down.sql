DROP TABLE playback_revocations;
DROP TABLE playback_tokens;
DROP TABLE playback_keys;
DROP TABLE playback_versions;
