#pragma once

#include <string>

#include "rescuestream/refused_attempts.hpp"
#include "rescuestream/time.hpp"

namespace rescuestream::cli {

/// Returns "wrong path live/x from 10.9.9.9".
std::string show_refusal(const RefusedAttempt& attempt);

/// Returns "Drone (Team North)": label or path of the key, and its broadcaster; "-" without a key.
std::string show_refused_key(const RefusedAttempt& attempt);

}  // namespace rescuestream::cli
