#pragma once

#include <string>
#include <string_view>

namespace rescuestream {

/// Returns `text` with every key value masked, also one that is percent-encoded or part of a longer
/// word, and every text that is nearly one (truncated, in upper case, a long random run).
/// Everything that is shown or logged passes through this function.
std::string redact_key_values(std::string_view text);

}  // namespace rescuestream
