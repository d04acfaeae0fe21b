#pragma once

#include <mutex>

#include "rescuestream/time.hpp"

namespace rescuestream::testing {

/// A clock that only moves when the test moves it.
class ManualClock final : public Clock {
public:
    Timestamp now() const override {
        const std::lock_guard lock(mutex_);
        return now_;
    }
    std::chrono::steady_clock::time_point steady_now() const override {
        const std::lock_guard lock(mutex_);
        return std::chrono::steady_clock::now() + advanced_;
    }
    void advance(std::chrono::microseconds duration) {
        const std::lock_guard lock(mutex_);
        now_ += duration;
        advanced_ += duration;
    }
    /// Sets the time of day; the monotonic clock does not move.
    void step(std::chrono::microseconds duration) {
        const std::lock_guard lock(mutex_);
        now_ += duration;
    }

private:
    mutable std::mutex mutex_;
    std::chrono::microseconds advanced_{0};
    Timestamp now_ = *parse_rfc3339("2026-01-17T10:00:00Z");
};

}  // namespace rescuestream::testing
