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

// Looking a metric up by its labels costs ten times as much as counting: kept by a short key.
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

bool is_from_media_server(const RequestRecord& record) {
    return record.route == "/auth" || record.route.starts_with("/auth/") ||
           record.route.starts_with("/webhook/");
}

// What the media server asks and says, and what people read, comes many times a second, and
// anybody may be able to send it: that is no news.
bool is_routine(const RequestRecord& record) {
    return record.method == "GET" || record.method == "HEAD" || is_from_media_server(record) ||
           record.route == "none";  // a browser's question before the request itself
}

// Who was refused at the media server, and why, is told by the handler: this record only knows the
// media server.
bool is_told_by_handler(const RequestRecord& record) {
    return !record.auth_decision.empty() && (record.status == 401 || record.status == 429);
}

RefusalLog::Tell summary_into(Logger& logger) {
    return [&logger](const std::string& kind, std::uint64_t count) {
        logger.info(std::to_string(count) + " more refusals of this kind", {{"kind", kind}});
    };
}

}  // namespace

struct Metrics::State {
    State(Logger& the_logger, bool routine, RefusalLog* the_refusals)
        : logger(the_logger), logs_routine(routine), refusals(the_refusals) {}

    void log(const RequestRecord& record);

    Logger& logger;
    const bool logs_routine;
    RefusalLog* const refusals;
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

Metrics::Metrics(Logger& logger, bool logs_routine, RefusalLog* refusals)
    : state_(std::make_unique<State>(logger, logs_routine, refusals)) {}
Metrics::~Metrics() = default;

void Metrics::State::log(const RequestRecord& record) {
    const auto now = std::chrono::steady_clock::now();
    if (refusals != nullptr) refusals->tell_left_out(now, summary_into(logger));
    const bool is_refusal = record.status >= 400;
    std::uint64_t times = 1;
    bool is_news = true;
    if (is_refusal ? is_told_by_handler(record) : is_routine(record)) {
        is_news = false;
    } else if (is_refusal && refusals != nullptr) {
        std::string kind = std::to_string(record.status);
        if (!record.auth_decision.empty()) (kind += ' ') += record.auth_decision;
        const auto verdict = refusals->note(kind, record.remote_address, record.path, now);
        is_news = verdict.is_told;
        times = verdict.times;
    }
    if (!is_news && !logs_routine) return;
    logger.log(
        is_news ? LogLevel::kInfo : LogLevel::kDebug, "request",
        {{"method", std::string(record.method)},
         {"path", std::string(record.path)},
         {"status", std::to_string(record.status)},
         {"duration_ms",
          std::to_string(static_cast<double>(record.duration.count()) / 1000.0).substr(0, 6)},
         {"actor", std::string(record.actor)},
         {"decision", std::string(record.auth_decision)},
         {"remote_address", std::string(record.remote_address)},
         {"request_id", std::string(record.request_id)},
         {"times", times > 1 ? std::to_string(times) : std::string()}});
}

void Metrics::tell_left_out() noexcept {
    try {
        if (state_->refusals != nullptr) {
            state_->refusals->tell_all_left_out(summary_into(state_->logger));
        }
    } catch (...) {
        // The program ends in any case.
    }
}

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
        state_->log(record);
    } catch (...) {
        // Counting must not fail a request.
    }
}

std::string Metrics::text() const {
    return prometheus::TextSerializer().Serialize(state_->registry.Collect());
}

}  // namespace rescuestream::server
