#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace rescuestream::cli {

/// Reads a length of time: seconds, or with units as 90s, 45m, 12h, 30d, 2w, 1h30m, greater units
/// first. It is not negative. Empty: it is something else, or longer than 10,000 years.
std::optional<std::chrono::seconds> parse_length_of_time(std::string_view text);

}  // namespace rescuestream::cli
