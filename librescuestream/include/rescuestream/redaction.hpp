#pragma once

#include <string>
#include <string_view>

namespace rescuestream {

/// `text` with each key value (also percent-encoded or in a longer word) and what nearly is one
/// (cut off, in upper case, a long random run) masked: all that is shown or logged goes through
/// here.
std::string redact_key_values(std::string_view text);

}  // namespace rescuestream
