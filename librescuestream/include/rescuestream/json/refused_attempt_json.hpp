#pragma once

#include <string>

#include "rescuestream/refused_attempts.hpp"

namespace rescuestream {

std::string to_json(const RefusedAttempt& attempt);

}  // namespace rescuestream
