#pragma once

#include <optional>
#include <string_view>

#include "rescuestream/time.hpp"

namespace rescuestream {

/// Reads the value of a header `Date`, "Fri, 27 Nov 2026 23:45:44 GMT". Returns an empty optional
/// for every other form, also for the two obsolete ones. Source: RFC 9110 section 5.6.7.
std::optional<Timestamp> parse_http_date(std::string_view text);

}  // namespace rescuestream
