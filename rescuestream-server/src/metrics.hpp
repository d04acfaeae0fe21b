#pragma once

#include <memory>

#include "application.hpp"
#include "refusal_log.hpp"
#include "rescuestream/logger.hpp"

namespace rescuestream::server {

/// Counts what the server does, in Prometheus' text format, and writes the access log.
///
/// Thread-safety: all methods from any thread.
class Metrics final : public RequestObserver {
public:
    /// `logs_routine`: what MediaMTX asks and what people read is logged too (at debug), and so is
    /// each refusal that `refusals` leaves out. Null: every refusal is told.
    explicit Metrics(Logger& logger, bool logs_routine = true, RefusalLog* refusals = nullptr);
    ~Metrics() override;

    void on_request(const RequestRecord& record) noexcept override;
    /// Tells in the log how many refusals were left out, at the end.
    void tell_left_out() noexcept;
    /// What a scrape gets.
    std::string text() const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace rescuestream::server
