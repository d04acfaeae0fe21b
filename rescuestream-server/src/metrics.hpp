#pragma once

#include <memory>
#include <string>

#include "request_observer.hpp"

namespace rescuestream::server {

/// Counts requests and their outcomes, in the text format of Prometheus.
///
/// Thread-safety: all methods may be called from any thread.
class Metrics final : public RequestObserver {
public:
    Metrics();
    ~Metrics() override;

    void on_request(const RequestRecord& record) noexcept override;
    /// Returns the text of a scrape.
    std::string text() const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace rescuestream::server
