#pragma once

#include <string>
#include <vector>

#include "rescuestream/publishing.hpp"

namespace rescuestream {

/// More tokens in one request are refused without being examined.
inline constexpr std::size_t kMostTokens = 4;

/// Returns what is given as a playback token in a request, each once: `token`, and every `jwt` and
/// `token` in `query`, whatever it is; of `password` and every `pass` in `query` what may be a
/// token, so that a player that requires a user name and a password can watch a path with a token
/// in its address. Blanks and the word "Bearer" around them are removed. At most kMostTokens + 1.
std::vector<std::string> find_tokens(const ReadRequest& request);

}  // namespace rescuestream
