#include "metrics.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <functional>
#include <mutex>
#include <utility>
#include <vector>

#include "metrics/prometheus_text.hpp"
#include "problem.hpp"
#include "rescuestream/records.hpp"
#include "routes/table.hpp"
#include "support/counters.hpp"

namespace rescuestream::server {
namespace {

// Every status that this server sends. Another one would be counted as "other".
constexpr std::array kStatuses{200, 201, 204, 304, 400, 401, 403, 404, 405, 408, 409,
                               413, 414, 415, 417, 429, 431, 500, 501, 503, 504, 507};
constexpr std::array<std::string_view, kStatuses.size() + 1> kStatusNames{
    "200", "201", "204", "304", "400", "401", "403", "404", "405", "408", "409",  "413",
    "414", "415", "417", "429", "431", "500", "501", "503", "504", "507", "other"};

using StatusCounts = std::array<std::atomic<std::uint64_t>, kStatusNames.size()>;

void count(StatusCounts& counts, int status) noexcept {
    const auto found = std::find(kStatuses.begin(), kStatuses.end(), status);
    counts[static_cast<std::size_t>(found - kStatuses.begin())].fetch_add(
        1, std::memory_order_relaxed);
}

void write_counts(MetricSink& sink, std::string_view method, std::string_view route,
                  const StatusCounts& counts) {
    for (std::size_t i = 0; i < counts.size(); ++i) {
        if (const auto value = counts[i].load(std::memory_order_relaxed)) {
            sink.value({{"method", method}, {"route", route}, {"status", kStatusNames[i]}},
                       static_cast<double>(value));
        }
    }
}

// The outcomes of /auth: see routes/media.cpp.
std::vector<std::string_view> outcomes_of_auth() {
    std::vector<std::string_view> names{
        "accepted",     "accepted_in_outage", "read",
        "read_refused", "own_interface",      "own_interface_refused",
        "malformed",    "too_many_guesses",   "error"};
    for (auto refusal = PublishRefusal::kUnknownKey; !to_string(refusal).empty();
         refusal = static_cast<PublishRefusal>(static_cast<int>(refusal) + 1)) {
        names.push_back(to_string(refusal));
    }
    names.emplace_back("other");
    return names;
}

}  // namespace

struct Metrics::State {
    struct Counted {
        StatusCounts by_method{};  // the method of the route
        StatusCounts head{};       // HEAD, which a GET route answers too
        std::size_t pattern = 0;   // in `durations`
    };

    explicit State(const Routes& all)
        : routes(all),
          counted(std::make_unique<Counted[]>(all.size())),
          outcomes(outcomes_of_auth()),
          decisions(std::make_unique<std::atomic<std::uint64_t>[]>(outcomes.size())) {
        for (std::size_t i = 0; i < routes.size(); ++i) {
            const auto known = std::find(patterns.begin(), patterns.end(), routes[i].pattern);
            counted[i].pattern = static_cast<std::size_t>(known - patterns.begin());
            if (known == patterns.end()) patterns.push_back(routes[i].pattern);
        }
        patterns.emplace_back("none");
        for (std::size_t i = 0; i < patterns.size(); ++i) {
            durations.push_back(std::make_unique<Histogram>(kSecondsOfSteps));
        }
    }

    Counted* find(const Route* route) const noexcept {
        const std::less_equal<> order;
        if (route == nullptr || routes.empty()) return nullptr;
        if (!order(&routes.front(), route) || !order(route, &routes.back())) return nullptr;
        return &counted[static_cast<std::size_t>(route - routes.data())];
    }
    void count_decision(std::string_view outcome) noexcept {
        std::size_t place = 0;
        while (place + 1 < outcomes.size() && outcomes[place] != outcome) ++place;
        decisions[place].fetch_add(1, std::memory_order_relaxed);
    }

    const Routes& routes;
    const std::unique_ptr<Counted[]> counted;  // by the place of the route
    StatusCounts unmatched{};
    std::vector<std::string_view> patterns;             // each once, "none" at the end
    std::vector<std::unique_ptr<Histogram>> durations;  // in the same order
    const std::vector<std::string_view> outcomes;
    const std::unique_ptr<std::atomic<std::uint64_t>[]> decisions;  // in the same order
    std::vector<Source> sources;
    mutable std::mutex collecting;
};

Metrics::Metrics() : Metrics(api_routes()) {}
Metrics::Metrics(const Routes& routes) : state_(std::make_unique<State>(routes)) {}
Metrics::~Metrics() = default;

void Metrics::add(Source source) {
    const std::lock_guard lock(state_->collecting);
    state_->sources.push_back(std::move(source));
}

void Metrics::on_request(const RequestRecord& record) noexcept {
    State& state = *state_;
    State::Counted* const counted = state.find(record.matched);
    std::size_t pattern = state.patterns.size() - 1;
    if (counted == nullptr) {
        count(state.unmatched, record.status);
    } else {
        pattern = counted->pattern;
        const bool is_head = record.method != record.matched->method;
        count(is_head ? counted->head : counted->by_method, record.status);
    }
    state.durations[pattern]->observe(std::chrono::duration<double>(record.duration).count());
    if (!record.auth_decision.empty()) state.count_decision(record.auth_decision);
}

void Metrics::write(MetricSink& sink) const {
    using enum MetricKind;
    const State& state = *state_;
    const std::lock_guard one_at_a_time(state.collecting);
    sink.family("rescuestream_http_requests_total",
                "Requests answered, by method, route and status.", kCounter);
    for (std::size_t i = 0; i < state.routes.size(); ++i) {
        const Route& route = state.routes[i];
        write_counts(sink, route.method, route.pattern, state.counted[i].by_method);
        write_counts(sink, "HEAD", route.pattern, state.counted[i].head);
    }
    write_counts(sink, "OTHER", "none", state.unmatched);
    sink.family("rescuestream_http_request_duration_seconds",
                "Time from the whole request to the whole answer, by route.", kHistogram);
    for (std::size_t i = 0; i < state.patterns.size(); ++i) {
        const auto seconds = state.durations[i]->read();
        if (seconds.total() > 0) sink.distribution({{"route", state.patterns[i]}}, seconds);
    }
    sink.family("rescuestream_publish_decisions_total", "Requests of /auth decided, by outcome.",
                kCounter);
    for (std::size_t i = 0; i < state.outcomes.size(); ++i) {
        sink.value({{"outcome", state.outcomes[i]}},
                   static_cast<double>(state.decisions[i].load(std::memory_order_relaxed)));
    }
    for (const auto& source : state.sources) source(sink);
}

std::string Metrics::text() const {
    PrometheusText text;
    write(text);
    return text.take();
}

}  // namespace rescuestream::server
