#pragma once

#include <string_view>

namespace rescuestream {

/// Returns true if `text` contains a key value, also percent-encoded or in a longer word. A text
/// that only resembles one does not count, although `redact_key_values` masks it.
bool holds_key_value(std::string_view text);

}  // namespace rescuestream
