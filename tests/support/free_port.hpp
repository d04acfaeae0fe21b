#pragma once

#include <cstdint>

namespace rescuestream::testing {

/// A port of 127.0.0.1 that nothing uses at this moment for TCP or UDP, even, and the one after it
/// is free for UDP too (RTP and RTCP come in pairs). Never the same twice in one process.
/// Throws std::runtime_error when there is none.
std::uint16_t free_port();

}  // namespace rescuestream::testing
