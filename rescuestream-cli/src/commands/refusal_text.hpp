#pragma once

#include <string>

#include "rescuestream/refused_attempts.hpp"
#include "rescuestream/time.hpp"

namespace rescuestream::cli {

/// Returns "wrong path live/x from 10.9.9.9".
std::string show_refusal(const RefusedAttempt& attempt);

/// Returns "rtmp", or "page" for a guest with a wrong PIN, who has no protocol yet.
std::string show_refused_protocol(const RefusedAttempt& attempt);

/// Returns "Drone (Team North)": label or path of the key, and its broadcaster; "-" without a key.
std::string show_refused_key(const RefusedAttempt& attempt);

}  // namespace rescuestream::cli
