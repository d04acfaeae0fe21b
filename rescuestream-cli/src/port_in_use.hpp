#pragma once

#include <cstdint>

#include "support/url.hpp"

namespace rescuestream::cli {

/// Returns the port of the URL, else that of its scheme. 0: the scheme (srt) has none.
std::uint16_t port_in_use(const Url& url);

}  // namespace rescuestream::cli
