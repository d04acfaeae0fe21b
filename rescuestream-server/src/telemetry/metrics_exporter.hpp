#pragma once

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>

#include "telemetry/otlp_sender.hpp"
#include "telemetry/resource.hpp"

namespace rescuestream {
class Logger;
struct Settings;
}  // namespace rescuestream

namespace rescuestream::server {

class Metrics;

/// Sends the metrics to an OpenTelemetry collector at regular intervals, on a thread of its own.
/// What a collector does not take is not sent again: the next values contain it.
///
/// Thread-safety: none. Ownership: the arguments must outlive it.
class MetricsExporter {
public:
    struct Options {
        OtlpDestination destination;
        bool is_json = false;
        Resource resource;
        std::chrono::milliseconds interval{60'000};
    };

    MetricsExporter(Options options, const Metrics& metrics, Logger& logger);
    ~MetricsExporter();  ///< Stops without waiting for the collector.

    void start();
    /// Sends the last values, for at most `within`, and ends the thread.
    void stop(std::chrono::milliseconds within);

private:
    void run();
    std::string body() const;

    const Options options_;
    const Metrics& metrics_;
    const std::chrono::sys_time<std::chrono::nanoseconds> started_;
    OtlpSender sender_;
    std::mutex mutex_;
    std::condition_variable changed_;
    bool stopping_ = false;
    std::thread thread_;
};

/// Returns the exporter that the settings describe, not started; null: metrics are not sent.
std::unique_ptr<MetricsExporter> make_metrics_exporter(const Settings& settings,
                                                       const Metrics& metrics, Logger& logger);

}  // namespace rescuestream::server
