#pragma once

#include <string>
#include <string_view>

namespace rescuestream::json {

/// Returns `/` and `name` as one step of a JSON pointer (RFC 6901 section 3).
std::string pointer_step(std::string_view name);

}  // namespace rescuestream::json
