#include "telemetry/metrics_exporter.hpp"

#include <pthread.h>

#include <exception>
#include <utility>

#include "metrics.hpp"
#include "rescuestream/logger.hpp"
#include "settings/settings.hpp"
#include "telemetry/otlp_metrics.hpp"
#include "telemetry/otlp_metrics_json.hpp"
#include "telemetry/otlp_metrics_protobuf.hpp"
#include "telemetry/trace_exporter.hpp"

namespace rescuestream::server {

MetricsExporter::MetricsExporter(Options options, const Metrics& metrics, Logger& logger)
    : options_(std::move(options)),
      metrics_(metrics),
      started_(std::chrono::system_clock::now()),
      sender_(options_.destination, "metrics", logger) {}

MetricsExporter::~MetricsExporter() {
    stop(std::chrono::milliseconds(0));
}

void MetricsExporter::start() {
    thread_ = std::thread([this] { run(); });
    pthread_setname_np(thread_.native_handle(), "otlp-metrics");
}

void MetricsExporter::stop(std::chrono::milliseconds within) {
    if (!thread_.joinable()) return;
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    sender_.stop(std::chrono::steady_clock::now() + within);
    changed_.notify_all();
    thread_.join();
}

void MetricsExporter::run() {
    bool is_last = false;
    while (!is_last) {
        {
            std::unique_lock lock(mutex_);
            is_last = changed_.wait_for(lock, options_.interval, [this] { return stopping_; });
        }
        try {
            sender_.send(body(), options_.interval);
        } catch (const std::exception&) {
            // There is no memory. The next values contain these.
        }
    }
}

std::string MetricsExporter::body() const {
    CollectedMetrics collected;
    metrics_.write(collected);
    const MetricsPeriod period{started_, std::chrono::system_clock::now()};
    return options_.is_json ? metrics_as_json(options_.resource, collected, period)
                            : metrics_as_protobuf(options_.resource, collected, period);
}

std::unique_ptr<MetricsExporter> make_metrics_exporter(const Settings& settings,
                                                       const Metrics& metrics, Logger& logger) {
    const TelemetrySettings& telemetry = settings.telemetry;
    if (telemetry.disabled || telemetry.metrics_exporter != MetricsExporterKind::kOtlp) {
        return nullptr;
    }
    MetricsExporter::Options options;
    options.destination = otlp_destination(settings, "metrics", telemetry.metrics_endpoint);
    options.is_json = telemetry.protocol == OtlpProtocol::kHttpJson;
    options.resource = make_resource(settings);
    options.interval = std::chrono::milliseconds(telemetry.metric_export_interval_ms);
    return std::make_unique<MetricsExporter>(std::move(options), metrics, logger);
}

}  // namespace rescuestream::server
