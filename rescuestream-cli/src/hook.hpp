#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "rescuestream/result.hpp"
#include "rescuestream/secret.hpp"

namespace rescuestream::cli {

/// What MediaMTX tells a hook in its environment.
struct HookReport {
    bool ready = false;  ///< Else: not ready any more.
    std::string path;
    std::string source_type;  ///< May be empty.
    std::string source_id;    ///< May be empty: a source that is no publisher.
};

struct HookTarget {
    std::string origin;   ///< http(s)://host[:port] of the server.
    Secret media_secret;  ///< Empty: none is sent.
};

/// Pauses between tries; one try more than there are pauses.
std::vector<std::chrono::milliseconds> hook_pauses();

/// Posts the report; tries again when there is no connection, no answer, or an answer of 5xx. A
/// repeated report does no harm. `pause` waits. kInvalidArgument, kUnauthorized: what the server
/// said; kUnavailable, kTimeout: it could not be reached in any try.
Result<void> deliver_hook(const HookTarget& target, const HookReport& report,
                          const std::function<void(std::chrono::milliseconds)>& pause);

}  // namespace rescuestream::cli
