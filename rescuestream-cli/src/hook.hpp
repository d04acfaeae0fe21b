#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "rescuestream/result.hpp"
#include "rescuestream/secret.hpp"

namespace rescuestream::cli {

/// The environment variables that MediaMTX passes to a hook.
struct HookReport {
    bool ready = false;  ///< False: the source is no longer ready.
    std::string path;
    std::string source_type;  ///< May be empty.
    std::string source_id;    ///< May be empty: the source is not a publisher.
};

struct HookTarget {
    std::string origin;   ///< http(s)://host[:port] of the server.
    Secret media_secret;  ///< Empty: no secret is sent.
};

/// Returns the pauses between attempts. There is one more attempt than there are pauses.
std::vector<std::chrono::milliseconds> hook_pauses();

/// Posts the report. It retries when there is no connection, no answer, or an answer of 5xx; a
/// repeated report is harmless. `pause` waits. Returns kInvalidArgument or kUnauthorized when the
/// server refused the report, and kUnavailable or kTimeout when no attempt reached it.
Result<void> deliver_hook(const HookTarget& target, const HookReport& report,
                          const std::function<void(std::chrono::milliseconds)>& pause);

}  // namespace rescuestream::cli
