#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <thread>

#include "rescuestream/sampler.hpp"
#include "rescuestream/tracer.hpp"
#include "telemetry/otlp_sender.hpp"
#include "telemetry/resource.hpp"
#include "telemetry/span_queue.hpp"

namespace rescuestream {
class Logger;
struct Settings;
}  // namespace rescuestream

namespace rescuestream::server {

/// Sends spans to an OpenTelemetry collector: a queue, and one thread that sends batches. Nobody
/// waits for it: a span that cannot be sent is lost and counted. While the queue is full, recording
/// more spans would only displace others, so at most a hundred new traces a second are recorded.
///
/// Thread-safety: all methods may be called from any thread, `start` and `stop` only from one.
class TraceExporter final : public Tracer {
public:
    struct Options {
        OtlpDestination destination;
        bool is_json = false;
        Resource resource;
        Sampler sampler{1};
        std::size_t queue = 2'048;
        std::size_t batch = 512;
        std::chrono::milliseconds delay{5'000};         ///< Longest time that a span waits.
        std::chrono::milliseconds send_within{30'000};  ///< For one batch, with repetitions.
    };

    /// The numbers of spans since the start.
    struct Counts {
        std::uint64_t exported = 0;
        /// A trace that was not recorded because the queue was full counts as one span.
        std::uint64_t dropped_by_full_queue = 0;
        std::uint64_t dropped_by_failed_export = 0;  ///< The collector did not take them.
        std::uint64_t dropped_at_stop = 0;           ///< There was no time left to send them.
        std::uint64_t rejected = 0;                  ///< The collector said so in its answer.
    };

    /// `logger` must outlive it.
    TraceExporter(Options options, Logger& logger);
    ~TraceExporter() override;  ///< Stops without waiting for the collector.

    void start();
    /// Sends what is in the queue, for at most `within`, and ends the thread. Spans that end later
    /// are lost.
    void stop(std::chrono::milliseconds within);

    Counts counts() const;

    SpanContext begin(std::string_view name, SpanKind kind,
                      const SpanContext* parent) noexcept override;
    void end(std::unique_ptr<SpanRecord> span) noexcept override;

private:
    // Whether a new trace is recorded while the queue is full.
    bool may_displace() noexcept;
    void run();
    void send(const Spans& batch);

    const Options options_;
    Logger& logger_;
    SpanQueue queue_;
    OtlpSender sender_;
    std::atomic<std::chrono::steady_clock::time_point> latest_{
        std::chrono::steady_clock::time_point::max()};
    std::atomic<std::int64_t> displaced_at_{-1};  // see `may_displace`
    std::atomic<std::uint64_t> exported_{0};
    std::atomic<std::uint64_t> not_recorded_{0};  // traces, because the queue was full
    std::atomic<std::uint64_t> failed_{0};
    std::atomic<std::uint64_t> late_{0};
    std::atomic<std::uint64_t> rejected_{0};
    std::thread thread_;
};

/// Returns where `signal` ("traces", "metrics") is sent according to the settings. `own_endpoint`
/// is the signal's complete address; empty: OTEL_EXPORTER_OTLP_ENDPOINT and `/v1/SIGNAL`.
OtlpDestination otlp_destination(const Settings& settings, const std::string& signal,
                                 const std::string& own_endpoint);

/// Returns the exporter that the settings describe, not started; null: tracing is not enabled.
std::unique_ptr<TraceExporter> make_trace_exporter(const Settings& settings, Logger& logger);

}  // namespace rescuestream::server
