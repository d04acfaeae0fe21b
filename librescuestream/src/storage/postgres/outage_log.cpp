#include "storage/postgres/outage_log.hpp"

namespace rescuestream::postgres {
namespace {

using std::chrono::duration_cast;
using std::chrono::seconds;

constexpr seconds kBetweenOutageLines{60};

}  // namespace

void OutageLog::cannot_connect(const sql::Failure& failure, Clock::time_point now) {
    const std::lock_guard lock(mutex_);
    if (!is_out_) {
        begun_ = now;
        failed_calls_ = all_failed_calls_ = 0;
        is_told_ = false;
        is_out_ = true;
    }
    failure_ = failure;
    tell(now);
}

void OutageLog::call_failed(Clock::time_point now) {
    if (!is_out_) return;
    const std::lock_guard lock(mutex_);
    if (!is_out_) return;
    ++failed_calls_;
    ++all_failed_calls_;
    tell(now);
}

void OutageLog::tell(Clock::time_point now) {
    if (is_told_ && now - told_at_ < kBetweenOutageLines) return;
    if (!is_told_ && last_begin_told_ && now - *last_begin_told_ < kBetweenOutageLines) return;
    const Error error = failure_.error();
    if (!is_told_) {
        last_begin_told_ = now;
        logger_.error(
            "the database cannot be used",
            {{"database", database_}, {"error", error.message}, {"detail", error.detail}});
    } else {
        logger_.error("the database still cannot be used",
                      {{"database", database_},
                       {"error", error.message},
                       {"detail", error.detail},
                       {"seconds", duration_cast<seconds>(now - begun_).count()},
                       {"failed_calls", failed_calls_}});
    }
    is_told_ = true;
    told_at_ = now;
    failed_calls_ = 0;
}

void OutageLog::end(Clock::time_point now) {
    const std::lock_guard lock(mutex_);
    if (!is_out_) return;
    is_out_ = false;
    if (!is_told_) return;
    logger_.info("the database can be used again",
                 {{"database", database_},
                  {"seconds", duration_cast<seconds>(now - begun_).count()},
                  {"failed_calls", all_failed_calls_}});
}

}  // namespace rescuestream::postgres
