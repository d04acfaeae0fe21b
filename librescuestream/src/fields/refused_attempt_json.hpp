#pragma once

#include "json/document.hpp"
#include "rescuestream/refused_attempts.hpp"

namespace rescuestream::fields {

/// Reads what to_json has written. Throws BadValue.
RefusedAttempt read_refused_attempt(const rapidjson::Value& json);

}  // namespace rescuestream::fields
