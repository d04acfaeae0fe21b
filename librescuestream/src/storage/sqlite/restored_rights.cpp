#include "storage/sqlite/restored_rights.hpp"

#include "storage/sql/failure.hpp"
#include "storage/sqlite/connection.hpp"

namespace rescuestream::sqlite {
namespace {

// Of what is valid in the copy: the value or secret is not valid in the database before it, because
// it was revoked, deleted, disabled or replaced since. $1 is the present.
constexpr const char* kReturnedCredentials =
    "SELECT c.label || ' (' || c.id || ')' FROM main.credentials c "
    "WHERE c.revoked_at IS NULL AND (c.expires_at IS NULL OR c.expires_at > $1) "
    "AND NOT EXISTS (SELECT 1 FROM previous.credentials p WHERE p.id = c.id "
    "AND p.revoked_at IS NULL AND (p.expires_at IS NULL OR p.expires_at > $1) "
    "AND (p.digest = c.digest OR (p.previous_digest = c.digest AND p.previous_expires_at > $1))) "
    "ORDER BY c.created_at, c.id";
constexpr const char* kReturnedKeys =
    "SELECT k.playback_path FROM main.stream_keys k "
    "WHERE k.revoked_at IS NULL AND k.deleted_at IS NULL "
    "AND (k.expires_at IS NULL OR k.expires_at > $1) AND NOT k.disabled "
    "AND NOT k.broadcaster_disabled "
    "AND NOT EXISTS (SELECT 1 FROM previous.stream_keys p WHERE p.id = k.id "
    "AND p.revoked_at IS NULL AND p.deleted_at IS NULL "
    "AND (p.expires_at IS NULL OR p.expires_at > $1) AND NOT p.disabled "
    "AND NOT p.broadcaster_disabled "
    "AND (p.digest = k.digest OR (p.previous_digest = k.digest AND p.previous_expires_at > $1))) "
    "ORDER BY k.created_at, k.id";
constexpr const char* kReturnedLinks =
    "SELECT count(*) FROM main.guest_links g WHERE g.closed_at IS NULL "
    "AND (g.expires_at IS NULL OR g.expires_at > $1) "
    "AND NOT EXISTS (SELECT 1 FROM previous.guest_links p WHERE p.id = g.id "
    "AND p.closed_at IS NULL)";
constexpr const char* kLostRevocations =
    "SELECT count(*) FROM previous.playback_revocations p WHERE p.expires_at > $1 "
    "AND NOT EXISTS (SELECT 1 FROM main.playback_revocations r WHERE r.kind = p.kind "
    "AND r.value = p.value AND r.revoked_at >= p.revoked_at)";

std::vector<std::string> names_in(const sql::Rows& rows) {
    std::vector<std::string> names;
    for (std::size_t row = 0; row < rows.size(); ++row) names.push_back(rows.text(row, 0));
    return names;
}

}  // namespace

std::optional<RestoredRights> rights_that_come_back(const std::string& copy,
                                                    const std::string& previous, Timestamp now) {
    try {
        Connection database(copy, Connection::Durability::kNormal, Connection::Deadline::max(),
                            Connection::Access::kReadOnly);
        database.run("ATTACH $1 AS previous", {previous});
        const sql::Values present{now};
        const auto count = [&](const char* statement) {
            return static_cast<std::size_t>(database.run(statement, present)->integer(0, 0));
        };
        RestoredRights rights;
        rights.credentials = names_in(*database.run(kReturnedCredentials, present));
        rights.stream_keys = names_in(*database.run(kReturnedKeys, present));
        rights.guest_links = count(kReturnedLinks);
        rights.revocations_of_tokens = count(kLostRevocations);
        return rights;
    } catch (const sql::Failure&) {
        return std::nullopt;
    }
}

}  // namespace rescuestream::sqlite
