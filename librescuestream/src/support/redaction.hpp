#pragma once

#include <string_view>

namespace rescuestream {

/// Returns true if `text` contains a key value, also percent-encoded or in a longer word. A text
/// that only resembles one does not count, although `redact_key_values` masks it.
bool holds_key_value(std::string_view text);

/// The same for every secret that this program makes and that its prefix shows: key values,
/// credentials of the API and of nodes, and short playback tokens.
bool holds_secret(std::string_view text);

}  // namespace rescuestream
