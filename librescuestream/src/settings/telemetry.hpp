#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "rescuestream/secret.hpp"

namespace rescuestream {

enum class OtlpProtocol { kHttpProtobuf, kHttpJson };
enum class OtlpCompression { kNone, kGzip };
/// Metrics are served for Prometheus (METRICS_ENABLED) with each of them.
enum class MetricsExporterKind { kNone, kOtlp };
enum class TracesSampler {
    kParentBasedRatio,
    kParentBasedAlwaysOn,
    kParentBasedAlwaysOff,
    kRatio,
    kAlwaysOn,
    kAlwaysOff,
};

/// How traces and metrics are sent to an OpenTelemetry collector. The names and their meanings are
/// those of https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/.
struct TelemetrySettings {
    bool disabled = false;  ///< OTEL_SDK_DISABLED.
    std::string service_name;
    std::string resource_attributes;  ///< `name=value,…`, percent-encoded.

    std::string endpoint = "http://localhost:4318";  ///< Each signal appends its path.
    Secret headers;  ///< `name=value,…`, percent-encoded; contains credentials.
    OtlpProtocol protocol = OtlpProtocol::kHttpProtobuf;
    OtlpCompression compression = OtlpCompression::kNone;
    std::int64_t timeout_ms = 10'000;

    bool tracing_enabled = false;
    std::string tracing_sample_rate = "0.01";
    std::string tracing_service;
    std::string tracing_version;
    std::string traces_endpoint;                  ///< Complete. Empty: `endpoint` and /v1/traces.
    std::optional<TracesSampler> sampler;         ///< Empty: parent-based, `tracing_sample_rate`.
    std::string sampler_ratio;                    ///< Empty: `tracing_sample_rate`.
    std::int64_t bsp_schedule_delay_ms = 5'000;   ///< Longest time that a span waits for others.
    std::int64_t bsp_export_timeout_ms = 30'000;  ///< For one batch, with all attempts.
    std::int64_t bsp_max_queue_size = 2'048;
    std::int64_t bsp_max_export_batch_size = 512;

    MetricsExporterKind metrics_exporter = MetricsExporterKind::kNone;
    std::string metrics_endpoint;  ///< Complete. Empty: `endpoint` and /v1/metrics.
    std::int64_t metric_export_interval_ms = 60'000;
};

}  // namespace rescuestream
