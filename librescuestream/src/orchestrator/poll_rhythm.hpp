#pragma once

#include <chrono>
#include <optional>

#include "rescuestream/random_source.hpp"

namespace rescuestream {

/// Computes the time between two polls of a media server.
///
/// Thread-safety: none.
class PollRhythm {
public:
    using SteadyTime = std::chrono::steady_clock::time_point;

    /// A media server that has just stopped answering is polled every `kEager` for `kEagerFor`: it
    /// may restart at any moment, and then all its encoders reconnect at once and count as second
    /// encoders of their keys until the restart is noticed.
    static constexpr std::chrono::milliseconds kEager{50};
    static constexpr std::chrono::seconds kEagerFor{5};

    PollRhythm(std::chrono::milliseconds interval, RandomSource& random)
        : interval_(interval), random_(random) {}

    /// A silent source becomes stale between two polls: the next poll is then, but not earlier than
    /// this after the previous one, however many sources become stale at different moments.
    static constexpr std::chrono::milliseconds kShortest{200};

    /// Returns the time from the poll at `now` to the next one. While the media server answers: the
    /// interval, less a random part of up to a fifth, so that several nodes are not polled at the
    /// same moment; or `soonest_stale`, the time until the first silent source becomes stale, if
    /// that is shorter. While it does not answer: kEager at first, then twice as long each time, up
    /// to the interval.
    std::chrono::milliseconds next(
        bool answers, SteadyTime now,
        std::chrono::milliseconds soonest_stale = std::chrono::milliseconds::max());

private:
    const std::chrono::milliseconds interval_;
    RandomSource& random_;
    std::optional<SteadyTime> silent_since_;
    std::chrono::milliseconds retry_{0};
};

}  // namespace rescuestream
