#pragma once

#include <string>
#include <string_view>

namespace rescuestream::server {

/// Returns `text` in the gzip format (RFC 1952), compressed for speed. Throws std::runtime_error
/// without memory.
std::string gzip(std::string_view text);

}  // namespace rescuestream::server
