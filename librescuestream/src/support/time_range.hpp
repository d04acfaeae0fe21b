#pragma once

#include "rescuestream/time.hpp"

namespace rescuestream {

/// The years 1 to 9999. Outside of them databases reject the value, and RFC 3339 cannot represent
/// it.
constexpr Timestamp kEarliestTime{Timestamp::duration(-62'135'596'800'000'000)};
constexpr Timestamp kLatestTime{Timestamp::duration(253'402'300'799'999'999)};

constexpr bool is_in_written_years(Timestamp time) noexcept {
    return time >= kEarliestTime && time <= kLatestTime;
}

}  // namespace rescuestream
