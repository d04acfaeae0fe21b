#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "rescuestream/time.hpp"

namespace rescuestream {

/// Whether the orchestrator can work, and the reasons if it cannot.
struct Health {
    bool storage_reachable = false;
    bool storage_full = false;    ///< It can be read but not written: ErrorCode::kStorageFull.
    std::string storage_reason;   ///< One sentence: why it is unreachable or full.
    std::string storage_warning;  ///< One sentence when its disk is nearly full; else empty.
    std::size_t unwritten = 0;    ///< Refusals in force in this program that are not stored yet.
    bool media_server_reachable = false;  ///< According to the last poll.
    std::string media_server_version;
    std::optional<Timestamp> media_server_seen_at;
    bool first_poll_done = false;
};

}  // namespace rescuestream
