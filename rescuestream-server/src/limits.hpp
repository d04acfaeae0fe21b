#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>
#include <string_view>

#include "fixed_table.hpp"
#include "keyed_hash.hpp"

namespace rescuestream::server {

/// For how much a request with this body counts where the amount that is stored is limited: one for
/// each KiB that it begins, so at least one.
inline std::uint64_t stored_units(std::string_view body) {
    return 1 + body.size() / 1'024;
}

/// A rate limit by the generic cell rate algorithm: `rate` requests a second and `burst` at once.
/// It stores one time for each caller, in a table of fixed size that keeps the callers with the
/// highest usage.
///
/// Thread-safety: all methods may be called from any thread.
class RateLimit {
public:
    using Instant = std::chrono::steady_clock::time_point;

    struct Outcome {
        bool allowed = true;
        std::uint64_t remaining = 0;  ///< How many more are allowed at once.
        /// If allowed: the time until the whole `burst` is available again. Otherwise: the time
        /// until one is.
        std::chrono::seconds reset{0};
    };

    RateLimit(double rate, std::uint64_t burst) : rate_(rate), burst_(burst), due_(1'024) {}

    /// `units`: for how many requests this one counts. More than `burst` are never allowed.
    Outcome take(std::string_view who, Instant now, std::uint64_t units = 1);
    double rate() const noexcept { return rate_; }
    std::uint64_t burst() const noexcept { return burst_; }

private:
    const double rate_;
    const std::uint64_t burst_;
    const KeyedHash hash_;
    std::mutex mutex_;
    FixedTable<Instant, 8> due_;  ///< When the whole burst is available again.
};

}  // namespace rescuestream::server
