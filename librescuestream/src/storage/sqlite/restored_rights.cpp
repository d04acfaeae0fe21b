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
// Of what is valid in both: terms that were changed since.
constexpr const char* kChangedCredentials =
    "SELECT c.label || ' (' || c.id || ')' FROM main.credentials c "
    "JOIN previous.credentials p ON p.id = c.id "
    "WHERE c.revoked_at IS NULL AND (c.expires_at IS NULL OR c.expires_at > $1) "
    "AND p.revoked_at IS NULL AND (p.expires_at IS NULL OR p.expires_at > $1) "
    "AND (p.digest = c.digest OR (p.previous_digest = c.digest AND p.previous_expires_at > $1)) "
    "AND (c.scopes <> p.scopes OR c.allowed_addresses <> p.allowed_addresses "
    "OR c.broadcasters <> p.broadcasters "
    "OR (p.expires_at IS NOT NULL AND (c.expires_at IS NULL OR c.expires_at > p.expires_at))) "
    "ORDER BY c.created_at, c.id";
constexpr const char* kChangedKeys =
    "SELECT k.playback_path FROM main.stream_keys k "
    "JOIN previous.stream_keys p ON p.id = k.id "
    "WHERE k.revoked_at IS NULL AND k.deleted_at IS NULL "
    "AND (k.expires_at IS NULL OR k.expires_at > $1) AND NOT k.disabled "
    "AND NOT k.broadcaster_disabled AND p.revoked_at IS NULL AND p.deleted_at IS NULL "
    "AND (p.expires_at IS NULL OR p.expires_at > $1) AND NOT p.disabled "
    "AND NOT p.broadcaster_disabled "
    "AND (p.digest = k.digest OR (p.previous_digest = k.digest AND p.previous_expires_at > $1)) "
    "AND (k.policies <> p.policies OR k.playback <> p.playback "
    "OR k.on_duplicate IS NOT p.on_duplicate OR k.playback_path <> p.playback_path "
    "OR k.until_closed <> p.until_closed "
    "OR (p.expires_at IS NOT NULL AND (k.expires_at IS NULL OR k.expires_at > p.expires_at)) "
    "OR (p.blocked_until > $1 AND (k.blocked_until IS NULL OR k.blocked_until < p.blocked_until))) "
    "ORDER BY k.created_at, k.id";
constexpr const char* kChangedLinks =
    "SELECT g.label, g.id FROM main.guest_links g "
    "JOIN previous.guest_links p ON p.id = g.id "
    "WHERE g.closed_at IS NULL AND (g.expires_at IS NULL OR g.expires_at > $1) "
    "AND p.closed_at IS NULL "
    "AND (g.pin <> p.pin OR g.targets <> p.targets "
    "OR g.max_addresses IS NOT p.max_addresses OR g.max_viewers IS NOT p.max_viewers "
    "OR (p.expires_at IS NOT NULL AND (g.expires_at IS NULL OR g.expires_at > p.expires_at))) "
    "ORDER BY g.created_at, g.id";
constexpr const char* kReturnedPlaybackKeys =
    "SELECT CASE WHEN k.label = '' THEN k.id ELSE k.label || ' (' || k.id || ')' END "
    "FROM main.playback_keys k WHERE (k.expires_at IS NULL OR k.expires_at > $1) "
    "AND NOT EXISTS (SELECT 1 FROM previous.playback_keys p WHERE p.id = k.id "
    "AND p.public_key = k.public_key AND p.paths = k.paths "
    "AND (p.expires_at IS NULL OR p.expires_at > $1)) ORDER BY k.created_at, k.id";
constexpr const char* kReturnedNodes =
    "SELECT n.name FROM main.nodes n WHERE NOT EXISTS (SELECT 1 FROM previous.nodes p "
    "WHERE p.name = n.name AND p.api_url = n.api_url AND p.api_user = n.api_user "
    "AND p.api_password = n.api_password) ORDER BY n.name";
constexpr const char* kReopenedIncidents =
    "SELECT i.name, i.id FROM main.incidents i "
    "JOIN previous.incidents p ON p.id = i.id "
    "WHERE i.closed_at IS NULL AND p.closed_at IS NOT NULL ORDER BY i.created_at, i.id";
constexpr const char* kLostRevocations =
    "SELECT count(*) FROM previous.playback_revocations p WHERE p.expires_at > $1 "
    "AND NOT EXISTS (SELECT 1 FROM main.playback_revocations r WHERE r.kind = p.kind "
    "AND r.value = p.value AND r.revoked_at >= p.revoked_at)";

std::vector<std::string> names_in(const sql::Rows& rows) {
    std::vector<std::string> names;
    for (std::size_t row = 0; row < rows.size(); ++row) names.push_back(rows.text(row, 0));
    return names;
}

std::vector<std::string> names_and_ids_in(const sql::Rows& rows) {
    std::vector<std::string> names;
    for (std::size_t row = 0; row < rows.size(); ++row) {
        const std::string name = rows.text(row, 0);
        const std::string id = rows.uuid(row, 1).to_string();
        names.push_back(name.empty() ? id : name + " (" + id + ")");
    }
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
        const auto names = [&](const char* statement) {
            return names_in(*database.run(statement, present));
        };
        rights.playback_keys = names(kReturnedPlaybackKeys);
        rights.nodes = names_in(*database.run(kReturnedNodes, {}));
        rights.changed_credentials = names(kChangedCredentials);
        rights.changed_stream_keys = names(kChangedKeys);
        rights.changed_guest_links = names_and_ids_in(*database.run(kChangedLinks, present));
        rights.reopened_incidents = names_and_ids_in(*database.run(kReopenedIncidents, {}));
        return rights;
    } catch (const sql::Failure&) {
        return std::nullopt;
    }
}

}  // namespace rescuestream::sqlite
