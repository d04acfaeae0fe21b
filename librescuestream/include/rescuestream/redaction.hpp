#pragma once

#include <string>
#include <string_view>

namespace rescuestream {

/// Returns `text` with every key value masked, also one that is percent-encoded or part of a longer
/// word, every short playback token, and every text that is nearly one of them (truncated, in upper
/// case, a long random run: JSON web tokens and credentials are such runs).
/// Everything that is shown or logged passes through this function.
std::string redact_key_values(std::string_view text);

}  // namespace rescuestream
