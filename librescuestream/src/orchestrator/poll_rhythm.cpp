#include "orchestrator/poll_rhythm.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>

namespace rescuestream {

using std::chrono::milliseconds;

milliseconds PollRhythm::next(bool answers, SteadyTime now, milliseconds soonest_stale) {
    if (answers) {
        silent_since_.reset();
        std::array<std::uint8_t, 1> byte{};
        random_.fill(byte);
        const auto pause = interval_ * (205 + byte[0] % 52) / 256;  // 0.8 to 1
        return std::min(pause, std::max(soonest_stale, kShortest));
    }
    if (!silent_since_) silent_since_ = now;
    if (now - *silent_since_ < kEagerFor) {
        retry_ = kEager;
    } else {
        retry_ = 2 * retry_;
    }
    retry_ = std::min(retry_, interval_);
    return retry_;
}

}  // namespace rescuestream
