#pragma once

#include <memory>

#include "request_observer.hpp"

namespace rescuestream {
class Logger;
}

namespace rescuestream::server {

class RefusalLog;

/// Writes a line for each request that is news: changes, and refusals, of which only some are told
/// when they come in great number.
///
/// Thread-safety: all methods from any thread. Ownership: both arguments must outlive it.
class AccessLog final : public RequestObserver {
public:
    /// `logs_routine`: what MediaMTX asks and what people read is logged too (at debug), and so is
    /// each refusal that `refusals` leaves out. Null: every refusal is told.
    explicit AccessLog(Logger& logger, bool logs_routine = true, RefusalLog* refusals = nullptr)
        : logger_(logger), logs_routine_(logs_routine), refusals_(refusals) {}

    void on_request(const RequestRecord& record) noexcept override;
    /// Tells in the log how many refusals were left out, at the end.
    void tell_left_out() noexcept;

private:
    void write(const RequestRecord& record);

    Logger& logger_;
    const bool logs_routine_;
    RefusalLog* const refusals_;
};

}  // namespace rescuestream::server
