#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>
#include <string_view>

#include "fixed_table.hpp"
#include "keyed_hash.hpp"

namespace rescuestream::server {

/// How often somebody may do something: `rate` times a second, and `burst` at once. Kept as one
/// time for each of them (the generic cell rate algorithm), in a table of fixed size that keeps
/// those who have used most.
///
/// Thread-safety: all methods from any thread.
class RateLimit {
public:
    using Instant = std::chrono::steady_clock::time_point;

    struct Outcome {
        bool allowed = true;
        std::uint64_t remaining = 0;    ///< So many more at once.
        std::chrono::seconds reset{0};  ///< Until all of `burst` is there again; when it is not
                                        ///< allowed: until one is.
    };

    RateLimit(double rate, std::uint64_t burst) : rate_(rate), burst_(burst), due_(1'024) {}

    Outcome take(std::string_view who, Instant now);
    double rate() const noexcept { return rate_; }
    std::uint64_t burst() const noexcept { return burst_; }

private:
    const double rate_;
    const std::uint64_t burst_;
    const KeyedHash hash_;
    std::mutex mutex_;
    FixedTable<Instant, 8> due_;  ///< When the burst is whole again.
};

}  // namespace rescuestream::server
