#pragma once

#include <string_view>

namespace rescuestream {

/// True when a key value stands in `text`, also percent-encoded or in a longer word. What only
/// resembles one does not count: `redact_key_values` masks that too.
bool holds_key_value(std::string_view text);

}  // namespace rescuestream
