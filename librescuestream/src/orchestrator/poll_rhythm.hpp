#pragma once

#include <chrono>
#include <optional>

#include "rescuestream/random_source.hpp"

namespace rescuestream {

/// How long to wait between two looks at a media server.
///
/// Thread-safety: none.
class PollRhythm {
public:
    using SteadyTime = std::chrono::steady_clock::time_point;

    /// One that has just gone may be back at any moment, with all its encoders at once, who are
    /// taken for newcomers until its restart is noticed: for so long it is asked all the time.
    static constexpr std::chrono::milliseconds kEager{50};
    static constexpr std::chrono::seconds kEagerFor{5};

    PollRhythm(std::chrono::milliseconds interval, RandomSource& random)
        : interval_(interval), random_(random) {}

    /// After a look at `now`. While the media server answers: the interval, up to a fifth less,
    /// so that several nodes are not asked all at the same moment. While it does not: kEager at
    /// first, then twice as long each time, up to the interval.
    std::chrono::milliseconds next(bool answers, SteadyTime now);

private:
    const std::chrono::milliseconds interval_;
    RandomSource& random_;
    std::optional<SteadyTime> silent_since_;
    std::chrono::milliseconds retry_{0};
};

}  // namespace rescuestream
