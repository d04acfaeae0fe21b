#pragma once

#include <string>
#include <string_view>

namespace rescuestream {

/// A JSON string literal with its quotes.
std::string to_json(std::string_view text);

}  // namespace rescuestream
