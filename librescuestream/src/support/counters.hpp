#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "rescuestream/distribution.hpp"

namespace rescuestream {

/// A counter for each value of an enumeration, from 0 to `kLast`.
///
/// Thread-safety: all methods may be called from any thread.
template <class Enumeration, Enumeration kLast>
class Counters {
public:
    static constexpr std::size_t kSize = static_cast<std::size_t>(kLast) + 1;

    void add(Enumeration value, std::uint64_t count = 1) noexcept {
        const auto place = static_cast<std::size_t>(value);
        if (place < kSize) counts_[place].fetch_add(count, std::memory_order_relaxed);
    }
    std::uint64_t of(Enumeration value) const noexcept {
        return counts_[static_cast<std::size_t>(value)].load(std::memory_order_relaxed);
    }
    /// Returns all counts with the names of their values, except those that `leaves_out` selects.
    template <class LeavesOut>
    std::vector<std::pair<std::string_view, std::uint64_t>> read(LeavesOut leaves_out) const {
        std::vector<std::pair<std::string_view, std::uint64_t>> counts;
        counts.reserve(kSize);
        for (std::size_t i = 0; i < kSize; ++i) {
            const auto value = static_cast<Enumeration>(i);
            if (!leaves_out(value)) counts.emplace_back(to_string(value), of(value));
        }
        return counts;
    }
    std::vector<std::pair<std::string_view, std::uint64_t>> read() const {
        return read([](Enumeration) { return false; });
    }

private:
    std::array<std::atomic<std::uint64_t>, kSize> counts_{};
};

/// Counts values by ranges with fixed bounds.
///
/// Thread-safety: all methods may be called from any thread. Two values that are observed at the
/// same time may be in the counts of a reading and not yet in its sum.
class Histogram {
public:
    static constexpr std::size_t kMostBounds = 16;

    /// `bounds` are constants: at most kMostBounds, ascending.
    explicit Histogram(std::span<const double> bounds) noexcept : bounds_(bounds) {}

    void observe(double value) noexcept {
        const auto range = std::lower_bound(bounds_.begin(), bounds_.end(), value);
        const auto place = static_cast<std::size_t>(range - bounds_.begin());
        counts_[place].fetch_add(1, std::memory_order_relaxed);
        sum_.fetch_add(value, std::memory_order_relaxed);
    }
    Distribution read() const {
        Distribution distribution;
        distribution.bounds = bounds_;
        distribution.counts.reserve(bounds_.size() + 1);
        for (std::size_t i = 0; i <= bounds_.size(); ++i) {
            distribution.counts.push_back(counts_[i].load(std::memory_order_relaxed));
        }
        distribution.sum = sum_.load(std::memory_order_relaxed);
        return distribution;
    }

private:
    const std::span<const double> bounds_;
    std::array<std::atomic<std::uint64_t>, kMostBounds + 1> counts_{};
    std::atomic<double> sum_{0};
};

/// Bounds of the time of one step of a storage, or of one request, in seconds.
inline constexpr std::array<double, 14> kSecondsOfSteps{
    0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5};
/// Bounds of numbers of things that are done together.
inline constexpr std::array<double, 7> kSizesOfGroups{1, 2, 4, 8, 16, 32, 64};

}  // namespace rescuestream
