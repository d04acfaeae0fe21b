#pragma once

#include <chrono>
#include <cstddef>

namespace rescuestream::server {

/// Decides when to return freed buffer memory to the system. The allocator by itself keeps freed
/// memory as long as anything that was allocated later is in use, so that the program would stay
/// large after a burst of requests.
///
/// Thread-safety: none.
class MemoryReturn {
public:
    using Instant = std::chrono::steady_clock::time_point;

    /// Call it from time to time with `held`, the memory that buffers take up now. Returns true if
    /// that is at most a quarter of the maximum since the last return, at least 16 MiB have been
    /// freed, and the last return was at least 30 seconds ago.
    bool is_due(std::size_t held, Instant now) noexcept;

    /// Returns the free memory to the system. It takes 4 to 14 ms of a processor for 64 MiB; other
    /// threads that allocate may wait for it.
    static void give_back() noexcept;

private:
    std::size_t most_ = 0;
    Instant next_{};
};

}  // namespace rescuestream::server
