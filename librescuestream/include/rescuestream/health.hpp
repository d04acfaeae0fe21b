#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "rescuestream/time.hpp"

namespace rescuestream {

/// Whether the orchestrator can work, and what keeps it from it.
struct Health {
    bool storage_reachable = false;
    bool storage_full = false;    ///< It can be read, and not written: ErrorCode::kStorageFull.
    std::string storage_reason;   ///< One sentence: why it is not reachable, or full.
    std::string storage_warning;  ///< One sentence: its disk will soon be full. Empty: it will not.
    std::size_t unwritten = 0;    ///< Refusals in force here that wait for the storage.
    bool media_server_reachable = false;  ///< By the last poll.
    std::string media_server_version;
    std::optional<Timestamp> media_server_seen_at;
    bool first_poll_done = false;
};

}  // namespace rescuestream
