#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "config_case.hpp"
#include "settings/telemetry_rules.hpp"

using namespace rescuestream;
using namespace rescuestream::server::testing;
using settings::NamedValues;
using settings::parse_named_values;

namespace {

std::vector<std::string> only(const char* name) {
    return {name};
}

}  // namespace

TEST_CASE("tracing is off, and its other settings have OpenTelemetry's defaults") {
    const auto line = read({});
    REQUIRE(line);
    const TelemetrySettings& telemetry = line->settings.telemetry;
    CHECK_FALSE(telemetry.tracing_enabled);
    CHECK(telemetry.tracing_sample_rate == "0.01");
    CHECK(telemetry.endpoint == "http://localhost:4318");
    CHECK(telemetry.protocol == OtlpProtocol::kHttpProtobuf);
    CHECK(telemetry.compression == OtlpCompression::kNone);
    CHECK(telemetry.timeout_ms == 10'000);
    CHECK_FALSE(telemetry.sampler);
    CHECK(telemetry.bsp_max_queue_size == 2'048);
    CHECK(telemetry.bsp_max_export_batch_size == 512);
}

TEST_CASE("the settings of OpenTelemetry are read") {
    const auto line = read({}, {{"TRACING_ENABLED", "true"},
                                {"TRACING_SAMPLERATE", "0.5"},
                                {"TRACING_SERVICE", "rescue"},
                                {"OTEL_EXPORTER_OTLP_ENDPOINT", "https://collector:4318/otlp"},
                                {"OTEL_EXPORTER_OTLP_HEADERS", "x-key=a%20b,other=c"},
                                {"OTEL_EXPORTER_OTLP_PROTOCOL", "http/json"},
                                {"OTEL_EXPORTER_OTLP_COMPRESSION", "gzip"},
                                {"OTEL_EXPORTER_OTLP_TIMEOUT", "2000"},
                                {"OTEL_TRACES_SAMPLER", "traceidratio"},
                                {"OTEL_TRACES_SAMPLER_ARG", "0.25"},
                                {"OTEL_RESOURCE_ATTRIBUTES", "team=search%2Frescue"},
                                {"OTEL_SDK_DISABLED", "true"}});
    REQUIRE(line);
    const TelemetrySettings& telemetry = line->settings.telemetry;
    CHECK(telemetry.tracing_enabled);
    CHECK(telemetry.tracing_sample_rate == "0.5");
    CHECK(telemetry.endpoint == "https://collector:4318/otlp");
    CHECK(telemetry.headers.reveal() == "x-key=a%20b,other=c");
    CHECK(telemetry.protocol == OtlpProtocol::kHttpJson);
    CHECK(telemetry.compression == OtlpCompression::kGzip);
    CHECK(telemetry.timeout_ms == 2'000);
    CHECK(telemetry.sampler == TracesSampler::kRatio);
    CHECK(telemetry.sampler_ratio == "0.25");
    CHECK(telemetry.disabled);
}

TEST_CASE("a wrong setting of OpenTelemetry is refused by its name") {
    const auto refused = [](const char* name, const char* value) {
        return wrong(read({}, {{name, value}}));
    };
    for (const char* rate : {"-0.1", "1.1", "ten", "", "nan", "0.5x"}) {
        if (*rate == '\0') continue;  // an empty variable counts as not set
        CHECK(refused("TRACING_SAMPLERATE", rate) == only("TRACING_SAMPLERATE"));
        CHECK(refused("OTEL_TRACES_SAMPLER_ARG", rate) == only("OTEL_TRACES_SAMPLER_ARG"));
    }
    for (const char* endpoint : {"collector:4318", "grpc://collector:4317", "http://",
                                 "//collector", "http://collector:0", "http://collector/a?b=c"}) {
        CHECK(refused("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint) ==
              only("OTEL_EXPORTER_OTLP_ENDPOINT"));
        CHECK(refused("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", endpoint) ==
              only("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"));
    }
    CHECK(refused("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc") == only("OTEL_EXPORTER_OTLP_PROTOCOL"));
    CHECK(refused("OTEL_EXPORTER_OTLP_COMPRESSION", "zstd") ==
          only("OTEL_EXPORTER_OTLP_COMPRESSION"));
    CHECK(refused("OTEL_EXPORTER_OTLP_TIMEOUT", "0") == only("OTEL_EXPORTER_OTLP_TIMEOUT"));
    CHECK(refused("OTEL_TRACES_SAMPLER", "sometimes") == only("OTEL_TRACES_SAMPLER"));
    CHECK(refused("OTEL_EXPORTER_OTLP_HEADERS", "no equals sign") ==
          only("OTEL_EXPORTER_OTLP_HEADERS"));
    CHECK(refused("OTEL_EXPORTER_OTLP_HEADERS", "a=%0d%0ainjected: 1") ==
          only("OTEL_EXPORTER_OTLP_HEADERS"));
    CHECK(refused("OTEL_EXPORTER_OTLP_HEADERS", "a b=c") == only("OTEL_EXPORTER_OTLP_HEADERS"));
    CHECK(refused("OTEL_RESOURCE_ATTRIBUTES", "team") == only("OTEL_RESOURCE_ATTRIBUTES"));
    CHECK(refused("OTEL_BSP_MAX_QUEUE_SIZE", "100") == only("OTEL_BSP_MAX_EXPORT_BATCH_SIZE"));
}

TEST_CASE("the headers for the collector are a secret, and an address must not contain one") {
    const auto bad = read({}, {{"OTEL_EXPORTER_OTLP_HEADERS", "hidden-credential"}});
    REQUIRE_FALSE(bad);
    CHECK(bad.error().fields.at(0).detail.find("hidden-credential") == std::string::npos);
    CHECK(wrong(read({}, {{"OTEL_EXPORTER_OTLP_ENDPOINT", "http://user:password@collector"}})) ==
          only("OTEL_EXPORTER_OTLP_ENDPOINT"));
    CHECK_FALSE(read({"--otel-exporter-otlp-headers", "a=b"})->exit_code.value_or(0) == 0);
}

TEST_CASE("the port of gRPC causes one warning for each setting that sends metrics there") {
    Variables variables{
        {"OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", "http://collector:4317/v1/metrics"}};
    CHECK(read({}, variables)->settings.warnings.empty());
    variables["OTEL_METRICS_EXPORTER"] = "otlp";
    const auto warnings = read({}, variables)->settings.warnings;
    REQUIRE(warnings.size() == 1);
    CHECK(warnings[0].starts_with("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT has port 4317"));
    variables["OTEL_EXPORTER_OTLP_ENDPOINT"] = "http://collector:4317";
    CHECK(read({}, variables)->settings.warnings.size() == 1);
    variables["TRACING_ENABLED"] = "true";
    CHECK(read({}, variables)->settings.warnings.size() == 2);
    variables.erase("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT");
    CHECK(read({}, variables)->settings.warnings.size() == 1);
    variables["OTEL_SDK_DISABLED"] = "true";
    CHECK(read({}, variables)->settings.warnings.empty());
}

TEST_CASE("the port of gRPC causes a warning if traces are sent there") {
    const Variables grpc{{"OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4317"}};
    CHECK(read({}, grpc)->settings.warnings.empty());
    Variables enabled = grpc;
    enabled["TRACING_ENABLED"] = "true";
    const auto warnings = read({}, enabled)->settings.warnings;
    REQUIRE(warnings.size() == 1);
    CHECK(warnings[0].find("4318") != std::string::npos);
    enabled["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"] = "http://collector:4318/v1/traces";
    CHECK(read({}, enabled)->settings.warnings.empty());
}

TEST_CASE("named values are split at commas and percent-decoded") {
    CHECK(parse_named_values("") == NamedValues{});
    CHECK(parse_named_values(" a = b%2Cc , d=e=f ,") == NamedValues{{"a", "b,c"}, {"d", "e=f"}});
    CHECK(parse_named_values("a=") == NamedValues{{"a", ""}});
    CHECK_FALSE(parse_named_values("a"));
    CHECK_FALSE(parse_named_values("=b"));
    CHECK_FALSE(parse_named_values("a=%2"));
    CHECK_FALSE(parse_named_values("a=%ff"));
}
