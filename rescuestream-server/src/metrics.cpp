#include "metrics.hpp"

#include <prometheus/counter.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <mutex>
#include <unordered_map>

namespace rescuestream::server {
namespace {

const prometheus::Histogram::BucketBoundaries kSeconds{
    0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5};

// Finding a metric by its labels takes ten times as long as counting, so it is cached under a short
// key.
template <class Metric>
class Kept {
public:
    template <class Make>
    Metric& get(const std::string& key, Make&& make) {
        const std::lock_guard lock(mutex_);
        const auto found = metrics_.find(key);
        if (found != metrics_.end()) return *found->second;
        Metric& made = make();
        metrics_.emplace(key, &made);
        return made;
    }

private:
    std::mutex mutex_;
    std::unordered_map<std::string, Metric*> metrics_;
};

}  // namespace

struct Metrics::State {
    prometheus::Registry registry;
    prometheus::Family<prometheus::Counter>& requests =
        prometheus::BuildCounter()
            .Name("rescuestream_http_requests_total")
            .Help("Requests answered, by method, route and status.")
            .Register(registry);
    prometheus::Family<prometheus::Histogram>& durations =
        prometheus::BuildHistogram()
            .Name("rescuestream_http_request_duration_seconds")
            .Help("Time from the whole request to the whole answer, by route.")
            .Register(registry);
    prometheus::Family<prometheus::Counter>& decisions =
        prometheus::BuildCounter()
            .Name("rescuestream_publish_decisions_total")
            .Help("Publish requests decided, by outcome.")
            .Register(registry);
    Kept<prometheus::Counter> kept_requests;
    Kept<prometheus::Histogram> kept_durations;
    Kept<prometheus::Counter> kept_decisions;
};

Metrics::Metrics() : state_(std::make_unique<State>()) {}
Metrics::~Metrics() = default;

void Metrics::on_request(const RequestRecord& record) noexcept {
    try {
        const std::string method(record.method);
        const std::string route(record.route);
        const std::string status = std::to_string(record.status);
        state_->kept_requests
            .get(method + ' ' + route + ' ' + status,
                 [&]() -> prometheus::Counter& {
                     return state_->requests.Add(
                         {{"method", method}, {"route", route}, {"status", status}});
                 })
            .Increment();
        state_->kept_durations
            .get(route,
                 [&]() -> prometheus::Histogram& {
                     return state_->durations.Add({{"route", route}}, kSeconds);
                 })
            .Observe(std::chrono::duration<double>(record.duration).count());
        if (!record.auth_decision.empty()) {
            const std::string outcome(record.auth_decision);
            state_->kept_decisions
                .get(outcome,
                     [&]() -> prometheus::Counter& {
                         return state_->decisions.Add({{"outcome", outcome}});
                     })
                .Increment();
        }
    } catch (...) {
        // A failure to count must not fail a request.
    }
}

std::string Metrics::text() const {
    return prometheus::TextSerializer().Serialize(state_->registry.Collect());
}

}  // namespace rescuestream::server
