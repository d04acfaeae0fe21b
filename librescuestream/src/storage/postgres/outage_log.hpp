#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "rescuestream/logger.hpp"
#include "storage/sql/failure.hpp"

namespace rescuestream::postgres {

/// Logs that connections to the database fail: when this begins, once a minute with the number of
/// calls that failed, and when it is over. If it begins again within a minute, that is logged after
/// that minute.
///
/// Thread-safety: all methods may be called from any thread.
class OutageLog {
public:
    using Clock = std::chrono::steady_clock;

    OutageLog(Logger& logger, std::string database)
        : logger_(logger), database_(std::move(database)) {}

    /// A connection could not be established.
    void cannot_connect(const sql::Failure& failure, Clock::time_point now = Clock::now());
    /// A call failed for this or another reason; during an outage it is counted.
    void call_failed(Clock::time_point now = Clock::now());
    /// A call succeeded. Costs one atomic load while there is no outage.
    void call_succeeded(Clock::time_point now = Clock::now()) {
        if (is_out_) end(now);
    }

private:
    void tell(Clock::time_point now);
    void end(Clock::time_point now);

    Logger& logger_;
    const std::string database_;
    std::atomic<bool> is_out_{false};
    std::mutex mutex_;
    // While there is an outage:
    sql::Failure failure_;
    Clock::time_point begun_, told_at_;
    std::uint64_t failed_calls_ = 0;  // since the last line
    std::uint64_t all_failed_calls_ = 0;
    bool is_told_ = false;
    std::optional<Clock::time_point> last_begin_told_;
};

}  // namespace rescuestream::postgres
