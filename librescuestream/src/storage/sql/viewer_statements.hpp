#pragma once

#include <string>

#include "storage/sql/statements.hpp"

// SQL texts about viewers, the same in both dialects.
namespace rescuestream::sql {

inline const std::string kViewerVersion =
    "SELECT coalesce((SELECT version FROM playback_versions WHERE id = 2), 0)";
inline const std::string kNextViewerVersion =
    "INSERT INTO playback_versions AS v (id, version) VALUES (2, 1) "
    "ON CONFLICT (id) DO UPDATE SET version = v.version + 1 RETURNING version";

inline const std::string kViewerColumns =
    "w.id, w.node, w.path, w.protocol, w.remote_address, w.user_agent, w.grants, w.is_helper, "
    "w.since, w.ended_at, w.removed_at";
constexpr int kViewerValueCount = 13;

/// `count` viewers in one statement.
inline std::string add_viewers_statement(std::size_t count) {
    std::string rows;
    for (std::size_t i = 0; i < count; ++i) {
        rows += (i == 0 ? "(" : ", (") +
                placeholders(1 + static_cast<int>(i) * kViewerValueCount, kViewerValueCount) + ")";
    }
    return "INSERT INTO viewers (id, node, path, protocol, remote_address, user_agent, grants, "
           "viewer_id, token_id, is_helper, since, removed_at, version) VALUES " +
           rows + " ON CONFLICT (id) DO NOTHING";
}
inline const std::string kDeleteOldViewers =
    "DELETE FROM viewers WHERE ended_at < $1 AND token_id IS NOT NULL";
inline const std::string kDeleteOldViewersWithoutToken =
    "DELETE FROM viewers WHERE ended_at < $1 AND token_id IS NULL";
inline const std::string kEndViewer =
    "UPDATE viewers SET ended_at = $2, version = $3 WHERE id = $1 AND ended_at IS NULL";
inline const std::string kRemoveViewer =
    "UPDATE viewers SET removed_at = $2, version = $3 "
    "WHERE id = $1 AND ended_at IS NULL AND removed_at IS NULL RETURNING id";
inline const std::string kSelectViewers = "SELECT " + kViewerColumns + " FROM viewers w";
/// The condition that the viewer came to the path of a broadcaster's key. The two indexes on the
/// paths of keys that are not revoked find the key.
inline std::string viewer_is_at_key_of(const std::string& broadcaster) {
    const auto at_key = [&](const std::string& has_path) {
        return "EXISTS (SELECT 1 FROM stream_keys k WHERE " + has_path +
               " AND k.broadcaster_id = " + broadcaster + " AND k.created_at <= w.since AND " +
               kNotDeleted + ")";
    };
    return "(" + at_key(owns_path("k", "w.path")) + " OR " + at_key(joined_path("k", "w.path")) +
           ")";
}
inline const std::string kFindViewer = kSelectViewers + " WHERE w.id = $1";
inline const std::string kPresentViewers = kSelectViewers + " WHERE w.ended_at IS NULL";
inline const std::string kViewersAfter = kSelectViewers + " WHERE w.version > $1";

}  // namespace rescuestream::sql
