#pragma once

#include <functional>
#include <memory>
#include <string>

#include "metrics/sink.hpp"
#include "request_observer.hpp"
#include "router.hpp"

namespace rescuestream::server {

/// Counts requests and their outcomes, and collects them with the metrics of other sources.
///
/// A request is counted in tables that are made from the routes, so a caller cannot create a label
/// value, and counting takes no lock.
///
/// Thread-safety: all methods may be called from any thread.
class Metrics final : public RequestObserver {
public:
    /// Writes metrics. Called at each collection, from any thread, one at a time; must not wait for
    /// a backend.
    using Source = std::function<void(MetricSink&)>;

    /// Counts requests of the routes of the API.
    Metrics();
    /// `routes` must outlive it.
    explicit Metrics(const Routes& routes);
    ~Metrics() override;

    void add(Source source);
    void on_request(const RequestRecord& record) noexcept override;
    /// Writes all metrics.
    void write(MetricSink& sink) const;
    /// Returns the text of a scrape.
    std::string text() const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace rescuestream::server
