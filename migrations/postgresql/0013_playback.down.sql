DROP TABLE rescuestream.playback_revocations;
DROP TABLE rescuestream.playback_tokens;
DROP TABLE rescuestream.playback_keys;
DROP TABLE rescuestream.playback_versions;
