#pragma once

#include <chrono>
#include <string_view>

#include "telemetry/collected_metrics.hpp"
#include "telemetry/resource.hpp"

namespace rescuestream::server {

/// The period of a collection: counters and histograms count from `start` on.
struct MetricsPeriod {
    std::chrono::sys_time<std::chrono::nanoseconds> start;
    std::chrono::sys_time<std::chrono::nanoseconds> end;
};

/// Returns the unit that a name ends with, as UCUM writes it ("s", "By"); empty: none.
constexpr std::string_view unit_of(std::string_view name) noexcept {
    if (name.ends_with("_total")) name.remove_suffix(6);
    if (name.ends_with("_bytes_per_second")) return "By/s";
    if (name.ends_with("_bytes")) return "By";
    if (name.ends_with("_seconds")) return "s";
    return {};
}

inline constexpr int kCumulative = 2;  ///< OTLP's AGGREGATION_TEMPORALITY_CUMULATIVE.

}  // namespace rescuestream::server
