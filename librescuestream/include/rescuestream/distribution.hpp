#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace rescuestream {

/// How often values of each size were measured since the program started.
struct Distribution {
    /// Upper bounds of the ranges, ascending; each belongs to its range. Constants.
    std::span<const double> bounds;
    /// Values in each range, and at the end those above the last bound.
    std::vector<std::uint64_t> counts;
    double sum = 0;  ///< Of all values.

    std::uint64_t total() const noexcept {
        std::uint64_t all = 0;
        for (const auto count : counts) all += count;
        return all;
    }
};

}  // namespace rescuestream
