#pragma once

#include <memory>
#include <string>

#include "request_observer.hpp"

namespace rescuestream::server {

/// Counts what the server does, in Prometheus' text format.
///
/// Thread-safety: all methods from any thread.
class Metrics final : public RequestObserver {
public:
    Metrics();
    ~Metrics() override;

    void on_request(const RequestRecord& record) noexcept override;
    /// Returns what a scrape gets.
    std::string text() const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace rescuestream::server
