#pragma once

#include <chrono>
#include <cstddef>

namespace rescuestream::server {

/// When to give the memory of buffers that are gone back to the system. By itself the allocator
/// keeps it as long as anything younger is in use: after a flood the program would stay as large as
/// it was.
///
/// Thread-safety: none.
class MemoryReturn {
public:
    using Instant = std::chrono::steady_clock::time_point;

    /// `held`: what buffers take up at this moment; tell it now and then. True: it is a quarter or
    /// less of what it was since the last time, 16 MiB or more have become free, and the last time
    /// was not within 30 seconds.
    bool is_due(std::size_t held, Instant now) noexcept;

    /// Takes 4 to 14 ms of a processor for 64 MiB, in which other threads may wait for memory.
    static void give_back() noexcept;

private:
    std::size_t most_ = 0;
    Instant next_{};
};

}  // namespace rescuestream::server
