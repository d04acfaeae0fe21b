#pragma once

#include <string>

#include "storage/sql/statements.hpp"

// SQL texts about what playback tokens are judged by, the same in both dialects.
namespace rescuestream::sql {

inline const std::string kPlaybackVersion =
    "SELECT coalesce((SELECT version FROM playback_versions WHERE id = 1), 0)";
inline const std::string kNextPlaybackVersion =
    "INSERT INTO playback_versions AS v (id, version) VALUES (1, 1) "
    "ON CONFLICT (id) DO UPDATE SET version = v.version + 1 RETURNING version";

inline const std::string kPlaybackKeyColumns =
    "id, is_own, algorithm, public_key, private_key, issuer, label, paths, created_at, expires_at";
inline const std::string kInsertPlaybackKey =
    "INSERT INTO playback_keys (" + kPlaybackKeyColumns +
    ", version, account) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) "
    "ON CONFLICT (id) DO NOTHING RETURNING id";
/// The rules::Occupancy of those that are valid at $3, as far as $1, for the account $2.
inline const std::string kCountPlaybackKeys =
    occupancy("SELECT account FROM playback_keys WHERE coalesce(expires_at > $3, TRUE) LIMIT $1");
inline const std::string kFindPlaybackKey =
    "SELECT " + kPlaybackKeyColumns + " FROM playback_keys WHERE id = $1";
inline const std::string kListPlaybackKeys =
    "SELECT " + kPlaybackKeyColumns + " FROM playback_keys ORDER BY created_at DESC, id DESC";
inline const std::string kPlaybackKeysAfter =
    "SELECT " + kPlaybackKeyColumns + " FROM playback_keys WHERE version > $1";
inline const std::string kEndPlaybackKey =
    "UPDATE playback_keys SET expires_at = $2, version = $3 "
    "WHERE id = $1 AND coalesce(expires_at > $2, TRUE) RETURNING id";
inline const std::string kEndOwnPlaybackKeys =
    "UPDATE playback_keys SET expires_at = $1, version = $2 "
    "WHERE is_own AND coalesce(expires_at > $1, TRUE)";

inline const std::string kInsertShortToken =
    "INSERT INTO playback_tokens (digest, claims, expires_at, version) VALUES ($1, $2, $3, $4)";
inline const std::string kDeleteExpiredShortTokens =
    "DELETE FROM playback_tokens WHERE expires_at <= $1";
inline const std::string kShortTokenColumns = "digest, claims";
inline const std::string kShortTokensAfter =
    "SELECT " + kShortTokenColumns + " FROM playback_tokens WHERE version > $1";

inline const std::string kAddRevocation =
    "INSERT INTO playback_revocations AS r (kind, value, revoked_at, expires_at, version) "
    "VALUES ($1, $2, $3, $4, $5) ON CONFLICT (kind, value) DO UPDATE SET "
    "revoked_at = CASE WHEN excluded.revoked_at > r.revoked_at THEN excluded.revoked_at "
    "ELSE r.revoked_at END, "
    "expires_at = CASE WHEN excluded.expires_at > r.expires_at THEN excluded.expires_at "
    "ELSE r.expires_at END, version = excluded.version";
inline const std::string kDeleteExpiredRevocations =
    "DELETE FROM playback_revocations WHERE expires_at <= $1";
inline const std::string kRevocationColumns = "kind, value, revoked_at, expires_at";
inline const std::string kRevocationsAfter =
    "SELECT " + kRevocationColumns + " FROM playback_revocations WHERE version > $1";

}  // namespace rescuestream::sql
