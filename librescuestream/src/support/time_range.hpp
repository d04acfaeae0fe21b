#pragma once

#include <cstdint>

#include "rescuestream/time.hpp"

namespace rescuestream {

/// The years 1 to 9999. Outside of them databases reject the value, and RFC 3339 cannot represent
/// it.
constexpr bool is_in_written_years(Timestamp time) noexcept {
    constexpr std::int64_t kEarliest = -62'135'596'800'000'000;
    constexpr std::int64_t kLatest = 253'402'300'799'999'999;
    const std::int64_t microseconds = time.time_since_epoch().count();
    return microseconds >= kEarliest && microseconds <= kLatest;
}

}  // namespace rescuestream
