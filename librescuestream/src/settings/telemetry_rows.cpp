// The settings of OpenTelemetry. Their names and meanings are those of its specification, and for
// TRACING_* those of the Go service.

#include "settings/telemetry_rows.hpp"

#include "settings/telemetry_rules.hpp"

namespace rescuestream::settings {
namespace {

constexpr auto kTelemetry = &Settings::telemetry;
using Telemetry = TelemetrySettings;

constexpr std::int64_t kMaxMilliseconds = 3'600'000;

const Words kProtocols{{"http/protobuf", static_cast<int>(OtlpProtocol::kHttpProtobuf)},
                       {"http/json", static_cast<int>(OtlpProtocol::kHttpJson)}};
const Words kCompressions{{"none", static_cast<int>(OtlpCompression::kNone)},
                          {"gzip", static_cast<int>(OtlpCompression::kGzip)}};
const Words kMetricsExporters{{"none", static_cast<int>(MetricsExporterKind::kNone)},
                              {"otlp", static_cast<int>(MetricsExporterKind::kOtlp)},
                              {"prometheus", static_cast<int>(MetricsExporterKind::kNone)}};
const Words kSamplers{
    {"parentbased_traceidratio", static_cast<int>(TracesSampler::kParentBasedRatio)},
    {"parentbased_always_on", static_cast<int>(TracesSampler::kParentBasedAlwaysOn)},
    {"parentbased_always_off", static_cast<int>(TracesSampler::kParentBasedAlwaysOff)},
    {"traceidratio", static_cast<int>(TracesSampler::kRatio)},
    {"always_on", static_cast<int>(TracesSampler::kAlwaysOn)},
    {"always_off", static_cast<int>(TracesSampler::kAlwaysOff)}};

}  // namespace

std::vector<Row> rows_of_telemetry() {
    return {
        {"TRACING_ENABLED", flag<kTelemetry, &Telemetry::tracing_enabled>(),
         "Record traces and send them to an OpenTelemetry collector by OTLP over HTTP."},
        {"TRACING_SAMPLERATE", text<kTelemetry, &Telemetry::tracing_sample_rate>(kSampleRate),
         "Share of the traces that are recorded. A request with a traceparent follows its caller."},
        {"TRACING_SERVICE", text<kTelemetry, &Telemetry::tracing_service>(kName),
         "The attribute service.name. It takes precedence over OTEL_SERVICE_NAME.", kServer,
         "OTEL_SERVICE_NAME, else rescuestream"},
        {"TRACING_VERSION", text<kTelemetry, &Telemetry::tracing_version>(kName),
         "The attribute service.version.", kServer, "the version of this program"},
        {"OTEL_SDK_DISABLED", flag<kTelemetry, &Telemetry::disabled>(),
         "Nothing is sent to a collector, whatever the other settings are."},
        {"OTEL_SERVICE_NAME", text<kTelemetry, &Telemetry::service_name>(kName),
         "The attribute service.name.", kServer, "none"},
        {"OTEL_RESOURCE_ATTRIBUTES",
         text<kTelemetry, &Telemetry::resource_attributes>(kAttributeList),
         "Attributes of this server in all that it sends, percent-encoded.", kServer, "none"},
        {"OTEL_EXPORTER_OTLP_ENDPOINT", text<kTelemetry, &Telemetry::endpoint>(kOtlpEndpoint),
         "Address of the collector's OTLP/HTTP receiver; /v1/traces and the like are appended. "
         "OTLP over gRPC (usually port 4317) is not supported."},
        {"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
         text<kTelemetry, &Telemetry::traces_endpoint>(kOtlpEndpoint),
         "The whole address for traces alone.", kServer, "OTEL_EXPORTER_OTLP_ENDPOINT/v1/traces"},
        {"OTEL_EXPORTER_OTLP_HEADERS", hidden_text<kTelemetry, &Telemetry::headers>(kHeaderList),
         "Headers of each request to the collector, percent-encoded: its credential.", kServer,
         "none"},
        {"OTEL_EXPORTER_OTLP_PROTOCOL", word<kTelemetry, &Telemetry::protocol>(kProtocols),
         "Form of what is sent."},
        {"OTEL_EXPORTER_OTLP_COMPRESSION", word<kTelemetry, &Telemetry::compression>(kCompressions),
         "Compression of what is sent."},
        {"OTEL_EXPORTER_OTLP_TIMEOUT",
         milliseconds<kTelemetry, &Telemetry::timeout_ms>(1, kMaxMilliseconds),
         "Longest time of one request to the collector."},
        {"OTEL_TRACES_SAMPLER", word<kTelemetry, &Telemetry::sampler>(kSamplers),
         "Which traces are recorded. The names with parentbased_ follow the caller of a request; "
         "the others do not.",
         kServer, "parentbased_traceidratio"},
        {"OTEL_TRACES_SAMPLER_ARG", text<kTelemetry, &Telemetry::sampler_ratio>(kSampleRate),
         "The share of traces for the samplers with traceidratio.", kServer, "TRACING_SAMPLERATE"},
        {"OTEL_BSP_SCHEDULE_DELAY",
         milliseconds<kTelemetry, &Telemetry::bsp_schedule_delay_ms>(1, kMaxMilliseconds),
         "Longest time that a span waits until it is sent with others."},
        {"OTEL_BSP_EXPORT_TIMEOUT",
         milliseconds<kTelemetry, &Telemetry::bsp_export_timeout_ms>(1, kMaxMilliseconds),
         "Longest time for sending one batch, with all attempts; then its spans are lost."},
        {"OTEL_BSP_MAX_QUEUE_SIZE",
         number<kTelemetry, &Telemetry::bsp_max_queue_size>(1, 1'000'000, "spans"),
         "Spans that wait to be sent. When there are more, the oldest are lost."},
        {"OTEL_BSP_MAX_EXPORT_BATCH_SIZE",
         number<kTelemetry, &Telemetry::bsp_max_export_batch_size>(1, 1'000'000, "spans"),
         "Spans in one request to the collector; at most OTEL_BSP_MAX_QUEUE_SIZE."},
        {"OTEL_METRICS_EXPORTER", word<kTelemetry, &Telemetry::metrics_exporter>(kMetricsExporters),
         "otlp: the metrics are also sent to the collector, beside METRICS_ENABLED. prometheus is "
         "the same as none."},
        {"OTEL_METRIC_EXPORT_INTERVAL",
         milliseconds<kTelemetry, &Telemetry::metric_export_interval_ms>(100, kMaxMilliseconds),
         "Time between two times that the metrics are sent."},
        {"OTEL_EXPORTER_OTLP_METRICS_ENDPOINT",
         text<kTelemetry, &Telemetry::metrics_endpoint>(kOtlpEndpoint),
         "The whole address for metrics alone.", kServer, "OTEL_EXPORTER_OTLP_ENDPOINT/v1/metrics"},
    };
}

}  // namespace rescuestream::settings
