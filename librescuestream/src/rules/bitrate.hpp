#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

namespace rescuestream::rules {

/// Whether the source of a stream exceeds a bitrate, with hysteresis, so that single samples change
/// nothing.
struct BitrateWatch {
    using SteadyTime = std::chrono::steady_clock::time_point;

    bool is_exceeded = false;
    /// Since when each sample has contradicted `is_exceeded`. Empty: the last one did not.
    std::optional<SteadyTime> contradicted_since;

    bool operator==(const BitrateWatch&) const = default;
};

/// Each sample must contradict the present judgement for so long before it changes.
constexpr std::chrono::seconds kBitratePatience{10};

/// Returns the judgement after a sample at `now`. A bitrate above `limit` (bits per second) for
/// kBitratePatience exceeds it; at most nine tenths of `limit` for as long no longer does. Without
/// a limit nothing is exceeded.
BitrateWatch watch_bitrate(const BitrateWatch& before, std::uint64_t bitrate,
                           const std::optional<std::uint64_t>& limit,
                           BitrateWatch::SteadyTime now) noexcept;

}  // namespace rescuestream::rules
