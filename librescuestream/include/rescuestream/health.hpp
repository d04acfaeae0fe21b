#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rescuestream/records.hpp"
#include "rescuestream/time.hpp"
#include "rescuestream/unreadable_row.hpp"

namespace rescuestream {

struct NodeStatus;

/// Whether the orchestrator can work, and the reasons if it cannot.
struct Health {
    bool storage_reachable = false;
    bool storage_full = false;    ///< It can be read but not written: ErrorCode::kStorageFull.
    std::string storage_reason;   ///< One sentence: why it is unreachable or full.
    std::string storage_warning;  ///< One sentence when its disk is nearly full; else empty.
    std::vector<UnreadableRow> unreadable_rows;  ///< Met lately in the storage, at most 100.
    std::size_t unwritten = 0;  ///< Refusals in force in this program that are not stored yet.
    bool media_server_reachable = false;  ///< According to the last poll.
    std::string media_server_version;
    std::optional<Timestamp> media_server_seen_at;
    bool first_poll_done = false;
};

/// The result of one check.
enum class CheckStatus {
    kOk,
    kWarning,  ///< Somebody should act, and the program can work.
    kFailed,   ///< The program cannot work.
};

std::string_view to_string(CheckStatus status) noexcept;
template <>
std::optional<CheckStatus> parse_enum(std::string_view name) noexcept;

/// One thing that was checked.
struct HealthCheck {
    /// `database`, `database_space`, `unreadable_rows`, `unwritten_changes`, `keys`, `first_poll`,
    /// or `node:` and the name of a node.
    std::string name;
    CheckStatus status = CheckStatus::kOk;
    /// How old the information is. Empty: it is not measured, or there is no information yet.
    std::optional<std::chrono::milliseconds> age;
    /// One sentence for people; empty: there is nothing to do. It may be shown to anybody: it has
    /// no address, and does not say how a media server is configured.
    std::string reason;

    bool operator==(const HealthCheck&) const = default;
};

/// Returns the check of a node. It is never kFailed, because other nodes may work.
HealthCheck check_of(const NodeStatus& node, Timestamp now);

}  // namespace rescuestream
