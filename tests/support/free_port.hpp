#pragma once

#include <cstdint>

namespace rescuestream::testing {

/// Returns an even port of 127.0.0.1 that is free now for TCP and UDP; the one after it
/// is free for UDP too (RTP and RTCP come in pairs). Never the same twice in one process.
/// Throws std::runtime_error when there is none.
std::uint16_t free_port();

}  // namespace rescuestream::testing
