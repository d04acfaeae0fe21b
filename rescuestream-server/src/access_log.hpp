#pragma once

#include <memory>

#include "request_observer.hpp"

namespace rescuestream {
class Logger;
}

namespace rescuestream::server {

class RefusalLog;

/// Writes a log line for each request that changes something or is refused. When refusals are
/// frequent only some of them are logged.
///
/// Thread-safety: all methods may be called from any thread. Ownership: both arguments must outlive
/// it.
class AccessLog final : public RequestObserver {
public:
    /// With `logs_routine`, the media server's requests and reads are logged too (at debug), and so
    /// is each refusal that `refusals` leaves out. Without `refusals` (null) every refusal is
    /// logged.
    explicit AccessLog(Logger& logger, bool logs_routine = true, RefusalLog* refusals = nullptr)
        : logger_(logger), logs_routine_(logs_routine), refusals_(refusals) {}

    void on_request(const RequestRecord& record) noexcept override;
    /// Logs how many refusals were left out. Call it before the program ends.
    void tell_left_out() noexcept;

private:
    void write(const RequestRecord& record);

    Logger& logger_;
    const bool logs_routine_;
    RefusalLog* const refusals_;
};

}  // namespace rescuestream::server
