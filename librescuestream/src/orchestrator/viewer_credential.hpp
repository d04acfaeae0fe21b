#pragma once

#include <string>
#include <vector>

#include "rescuestream/publishing.hpp"

namespace rescuestream {

/// More tokens in one request are refused without being examined.
inline constexpr std::size_t kMostTokens = 4;

/// Returns what may be playback tokens in a request, each once: `token`, `password`, and every
/// `jwt`, `token` and `pass` in `query`; blanks and the word "Bearer" around them are removed.
/// Other texts are ignored, so that a player that requires a user name and a password can watch a
/// path with a token in its address. At most kMostTokens + 1.
std::vector<std::string> find_tokens(const ReadRequest& request);

}  // namespace rescuestream
