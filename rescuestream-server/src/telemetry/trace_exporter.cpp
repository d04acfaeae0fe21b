#include "telemetry/trace_exporter.hpp"

#include <pthread.h>
#include <sys/resource.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <ctime>
#include <utility>

#include "rescuestream/logger.hpp"
#include "rescuestream/random_source.hpp"
#include "settings/settings.hpp"
#include "settings/telemetry_rules.hpp"
#include "telemetry/otlp_spans_json.hpp"
#include "telemetry/otlp_spans_protobuf.hpp"

namespace rescuestream::server {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

// A fast generator for each thread. The ids of spans need to be different, not unpredictable.
// Source: Sebastiano Vigna's splitmix64.
class IdSource {
public:
    IdSource() {
        std::array<std::uint8_t, sizeof state_> seed{};
        system_random().fill(seed);
        std::memcpy(&state_, seed.data(), sizeof state_);
    }

    template <class Id>
    void fill(Id& id) {
        for (std::size_t at = 0; at < id.size(); at += sizeof(std::uint64_t)) {
            const std::uint64_t number = std::max<std::uint64_t>(next(), 1);  // zero is no id
            std::memcpy(id.data() + at, &number, sizeof number);
        }
    }

private:
    std::uint64_t next() {
        state_ += 0x9e3779b97f4a7c15U;
        std::uint64_t mixed = state_;
        mixed = (mixed ^ (mixed >> 30U)) * 0xbf58476d1ce4e5b9U;
        mixed = (mixed ^ (mixed >> 27U)) * 0x94d049bb133111ebU;
        return mixed ^ (mixed >> 31U);
    }

    std::uint64_t state_ = 0;
};

double ratio_of(const std::string& text) {
    double ratio = 0;
    std::from_chars(text.data(), text.data() + text.size(), ratio);  // the setting was checked
    return ratio;
}

Sampler sampler_of(const TelemetrySettings& settings) {
    const double ratio = ratio_of(settings.sampler_ratio.empty() ? settings.tracing_sample_rate
                                                                 : settings.sampler_ratio);
    switch (settings.sampler.value_or(TracesSampler::kParentBasedRatio)) {
        case TracesSampler::kParentBasedRatio:
            return Sampler(ratio);
        case TracesSampler::kParentBasedAlwaysOn:
            return Sampler(1);
        case TracesSampler::kParentBasedAlwaysOff:
            return Sampler(0);
        case TracesSampler::kRatio:
            return Sampler(ratio, false);
        case TracesSampler::kAlwaysOn:
            return Sampler(1, false);
        case TracesSampler::kAlwaysOff:
            return Sampler(0, false);
    }
    return Sampler(ratio);
}

}  // namespace

TraceExporter::TraceExporter(Options options, Logger& logger)
    : options_(std::move(options)),
      logger_(logger),
      queue_(options_.queue, options_.batch),
      sender_(options_.destination, "traces", logger) {}

TraceExporter::~TraceExporter() {
    stop(milliseconds(0));
}

void TraceExporter::start() {
    thread_ = std::thread([this] { run(); });
    pthread_setname_np(thread_.native_handle(), "traces");
}

void TraceExporter::stop(milliseconds within) {
    if (!thread_.joinable()) return;
    const auto latest = steady_clock::now() + within;
    latest_ = latest;
    sender_.stop(latest);
    queue_.close();
    thread_.join();
}

TraceExporter::Counts TraceExporter::counts() const {
    return {exported_, queue_.dropped() + not_recorded_, failed_, late_, rejected_};
}

SpanContext TraceExporter::begin(std::string_view /*name*/, SpanKind /*kind*/,
                                 const SpanContext* parent) noexcept {
    SpanContext context;
    try {
        static thread_local IdSource ids;
        if (parent != nullptr) {
            context.trace_id = parent->trace_id;
            context.trace_state = parent->trace_state;
        } else {
            ids.fill(context.trace_id);
        }
        ids.fill(context.span_id);
        context.sampled = options_.sampler.samples(context.trace_id, parent);
        const bool is_first = parent == nullptr || parent->is_remote;
        if (context.sampled && is_first && queue_.is_full() && !may_displace()) {
            context.sampled = false;
            not_recorded_.fetch_add(1, std::memory_order_relaxed);
        }
    } catch (...) {
        return {};
    }
    return context;
}

bool TraceExporter::may_displace() noexcept {
    constexpr std::int64_t kHundredths = 100;
    constexpr std::int64_t kNanosecondsEach = 10'000'000;
    timespec now{};
    clock_gettime(CLOCK_MONOTONIC_COARSE, &now);  // costs a fraction of the exact clock
    const std::int64_t at = now.tv_sec * kHundredths + now.tv_nsec / kNanosecondsEach;
    std::int64_t last = displaced_at_.load(std::memory_order_relaxed);
    return last != at && displaced_at_.compare_exchange_strong(last, at, std::memory_order_relaxed);
}

void TraceExporter::end(std::unique_ptr<SpanRecord> span) noexcept {
    reuse(queue_.push(std::move(span)));
}

void TraceExporter::run() {
    // Writing spans must not take time from requests. On Linux this applies to this thread alone.
    constexpr int kLowPriority = 10;
    setpriority(PRIO_PROCESS, 0, kLowPriority);
    while (true) {
        // First: a span that is pushed before `close` is sent.
        const bool is_closed = queue_.is_closed();
        const Spans batch = queue_.take_batch(options_.delay);
        if (batch.empty()) {
            if (is_closed) return;
            continue;
        }
        if (steady_clock::now() >= latest_.load()) {
            late_ += batch.size();
            continue;
        }
        try {
            send(batch);
        } catch (const std::exception& error) {  // no memory
            failed_ += batch.size();
            logger_.error("spans cannot be sent", {{"error", error.what()}});
        }
    }
}

void TraceExporter::send(const Spans& batch) {
    const std::string body = options_.is_json ? spans_as_json(options_.resource, batch)
                                              : spans_as_protobuf(options_.resource, batch);
    if (const auto sent = sender_.send(body, options_.send_within)) {
        const auto rejected = std::min<std::uint64_t>(*sent, batch.size());
        rejected_ += rejected;
        exported_ += batch.size() - rejected;
    } else {
        (steady_clock::now() >= latest_.load() ? late_ : failed_) += batch.size();
    }
}

OtlpDestination otlp_destination(const Settings& settings, const std::string& signal,
                                 const std::string& own_endpoint) {
    const TelemetrySettings& given = settings.telemetry;
    OtlpDestination destination;
    destination.url = own_endpoint;
    if (destination.url.empty()) {
        destination.url = given.endpoint;
        while (destination.url.ends_with('/')) destination.url.pop_back();
        destination.url += "/v1/" + signal;
    }
    // The setting was checked.
    destination.headers =
        settings::parse_named_values(given.headers.reveal()).value_or(settings::NamedValues{});
    destination.content_type =
        given.protocol == OtlpProtocol::kHttpJson ? "application/json" : "application/x-protobuf";
    destination.gzip = given.compression == OtlpCompression::kGzip;
    destination.timeout = milliseconds(given.timeout_ms);
    return destination;
}

std::unique_ptr<TraceExporter> make_trace_exporter(const Settings& settings, Logger& logger) {
    const TelemetrySettings& given = settings.telemetry;
    if (!given.tracing_enabled || given.disabled) return nullptr;
    TraceExporter::Options options;
    options.destination = otlp_destination(settings, "traces", given.traces_endpoint);
    options.is_json = given.protocol == OtlpProtocol::kHttpJson;
    options.resource = make_resource(settings);
    options.sampler = sampler_of(given);
    options.queue = static_cast<std::size_t>(given.bsp_max_queue_size);
    options.batch = static_cast<std::size_t>(given.bsp_max_export_batch_size);
    options.delay = milliseconds(given.bsp_schedule_delay_ms);
    options.send_within = milliseconds(given.bsp_export_timeout_ms);
    return std::make_unique<TraceExporter>(std::move(options), logger);
}

}  // namespace rescuestream::server
