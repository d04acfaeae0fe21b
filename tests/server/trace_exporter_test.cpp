#include "telemetry/trace_exporter.hpp"

#include <doctest/doctest.h>

#include <functional>
#include <future>

#include "fake_collector.hpp"
#include "settings/settings.hpp"
#include "spans.hpp"
#include "support/raw_server.hpp"
#include "support/wait.hpp"
#include "test_server.hpp"

using namespace rescuestream;
using namespace rescuestream::server;
using rescuestream::server::testing::FakeCollector;
using rescuestream::server::testing::RecordingLogger;
using rescuestream::server::testing::span_named;
using rescuestream::testing::eventually;
using rescuestream::testing::RawConnection;
using rescuestream::testing::RawServer;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

TraceExporter::Options options_for(const std::string& url) {
    TraceExporter::Options options;
    options.destination.url = url;
    options.destination.content_type = "application/json";
    options.is_json = true;
    options.delay = milliseconds(10);
    return options;
}

std::uint64_t dropped(const TraceExporter::Counts& counts) {
    return counts.dropped_by_full_queue + counts.dropped_by_failed_export + counts.dropped_at_stop;
}

Settings tracing_settings() {
    Settings settings;
    settings.telemetry.tracing_enabled = true;
    return settings;
}

}  // namespace

TEST_CASE("spans reach the collector with the headers of the settings") {
    FakeCollector collector;
    Settings settings = tracing_settings();
    settings.telemetry.tracing_sample_rate = "1";
    settings.telemetry.endpoint = collector.url() + "/otlp/";
    settings.telemetry.headers = Secret("authorization=Bearer%20abc");
    settings.telemetry.bsp_schedule_delay_ms = 10;
    SUBCASE("JSON") {
        settings.telemetry.protocol = OtlpProtocol::kHttpJson;
    }
    SUBCASE("protobuf") {}
    SUBCASE("compressed") {
        settings.telemetry.compression = OtlpCompression::kGzip;
    }
    RecordingLogger logger;
    const auto exporter = make_trace_exporter(settings, logger);
    REQUIRE(exporter);
    exporter->start();
    Span(exporter.get(), "work", SpanKind::kInternal, nullptr).end();
    REQUIRE(eventually([&] { return exporter->counts().exported == 1; }));
    exporter->stop(seconds(2));
    const auto received = collector.received();
    REQUIRE(received.size() == 1);
    CHECK(received[0].path == "/otlp/v1/traces");
    CHECK(received[0].authorization == "Bearer abc");
    const bool is_json = settings.telemetry.protocol == OtlpProtocol::kHttpJson;
    CHECK(received[0].content_type == (is_json ? "application/json" : "application/x-protobuf"));
    const bool is_packed = settings.telemetry.compression == OtlpCompression::kGzip;
    CHECK(received[0].encoding == (is_packed ? "gzip" : ""));
    // httplib unpacks what it receives.
    CHECK(received[0].body.find("work") != std::string::npos);
    CHECK(dropped(exporter->counts()) == 0);
    CHECK(logger.text().find("Bearer") == std::string::npos);
}

TEST_CASE("nothing is exported if tracing is not enabled, or the SDK is disabled") {
    RecordingLogger logger;
    CHECK(make_trace_exporter(Settings(), logger) == nullptr);
    Settings settings = tracing_settings();
    CHECK(make_trace_exporter(settings, logger) != nullptr);
    settings.telemetry.disabled = true;
    CHECK(make_trace_exporter(settings, logger) == nullptr);
}

TEST_CASE("an overloaded collector gets the same spans again") {
    for (const int status : {429, 502, 503, 504}) {
        CAPTURE(status);
        FakeCollector collector({status});
        RecordingLogger logger;
        TraceExporter exporter(options_for(collector.url()), logger);
        exporter.start();
        exporter.end(span_named("work"));
        REQUIRE(eventually([&] { return exporter.counts().exported == 1; }, seconds(10)));
        exporter.stop(seconds(2));
        REQUIRE(collector.received().size() == 2);
        CHECK(collector.received()[0].body == collector.received()[1].body);
        CHECK(logger.text().find("status " + std::to_string(status)) != std::string::npos);
        CHECK(logger.text().find("takes telemetry again") != std::string::npos);
    }
}

TEST_CASE("other answers are not repeated, and redirects are not followed") {
    for (const int status : {400, 401, 404, 500, 307}) {
        CAPTURE(status);
        FakeCollector elsewhere;
        FakeCollector collector({status}, {}, elsewhere.url() + "/v1/traces");
        RecordingLogger logger;
        TraceExporter exporter(options_for(collector.url()), logger);
        exporter.start();
        exporter.end(span_named("work"));
        REQUIRE(eventually([&] { return exporter.counts().dropped_by_failed_export == 1; }));
        exporter.stop(seconds(2));
        CHECK(collector.received().size() == 1);
        CHECK(elsewhere.received().empty());
        CHECK(exporter.counts().exported == 0);
    }
}

TEST_CASE("spans that the collector rejects in its answer are counted, and told once") {
    FakeCollector collector({}, {}, {},
                            R"({"partialSuccess":{"rejectedSpans":"1","errorMessage":"too old"}})");
    RecordingLogger logger;
    auto options = options_for(collector.url());
    options.batch = 2;
    options.delay = std::chrono::hours(1);
    TraceExporter exporter(options, logger);
    exporter.start();
    for (int i = 0; i < 4; ++i) exporter.end(span_named("work"));
    REQUIRE(eventually([&] { return exporter.counts().rejected == 2; }));
    exporter.stop(seconds(2));
    CHECK(exporter.counts().exported == 2);
    CHECK(dropped(exporter.counts()) == 0);
    const std::string log = logger.text();
    const std::string line = "rejects a part of the telemetry signal=traces";
    CHECK(log.find(line) != std::string::npos);
    CHECK(log.find(line) == log.rfind(line));
    CHECK(log.find("rejected=1 error=too old") != std::string::npos);
}

TEST_CASE("a collector that asks for more time than there is gets no second request") {
    FakeCollector collector({503, 503, 503}, "3600");
    RecordingLogger logger;
    TraceExporter exporter(options_for(collector.url()), logger);
    exporter.start();
    exporter.end(span_named("work"));
    REQUIRE(eventually([&] { return exporter.counts().dropped_by_failed_export == 1; }));
    exporter.stop(seconds(2));
    CHECK(collector.received().size() == 1);
}

TEST_CASE("the environment's proxy is not used") {
    FakeCollector collector;
    ::setenv("http_proxy", "http://127.0.0.1:9", 1);
    RecordingLogger logger;
    TraceExporter exporter(options_for(collector.url()), logger);
    exporter.start();
    exporter.end(span_named("work"));
    CHECK(eventually([&] { return exporter.counts().exported == 1; }));
    ::unsetenv("http_proxy");
}

TEST_CASE("spans in the queue are sent at the stop") {
    FakeCollector collector;
    RecordingLogger logger;
    auto options = options_for(collector.url());
    options.delay = std::chrono::hours(1);
    options.batch = 4;
    TraceExporter exporter(options, logger);
    exporter.start();
    for (int i = 0; i < 3; ++i) exporter.end(span_named("work"));
    exporter.stop(seconds(5));
    CHECK(exporter.counts().exported == 3);
    exporter.end(span_named("late"));  // nobody waits for it
}

TEST_CASE(
    "a collector that does not answer, drips or sends nonsense never delays the stop for long") {
    std::function<void(RawConnection&)> serve;
    SUBCASE("silent") {
        serve = [](RawConnection& connection) {
            while (!connection.read_request().empty()) {
            }
        };
    }
    SUBCASE("drips its answer") {
        serve = [](RawConnection& connection) {
            connection.read_request();
            while (connection.write("H") && !connection.ends_within(milliseconds(20))) {
            }
        };
    }
    SUBCASE("endless answer") {
        serve = [](RawConnection& connection) {
            connection.read_request();
            connection.write("HTTP/1.1 200 OK\r\n\r\n");
            while (connection.write(std::string(10'000, 'x'))) {
            }
        };
    }
    SUBCASE("endless headers") {
        serve = [](RawConnection& connection) {
            connection.read_request();
            connection.write("HTTP/1.1 200 OK\r\n");
            while (connection.write("X-A: " + std::string(1'000, 'x') + "\r\n")) {
            }
        };
    }
    SUBCASE("nonsense") {
        serve = [](RawConnection& connection) {
            connection.read_request();
            connection.write("\x01\x02 nonsense \xff\r\n\r\n");
        };
    }
    const RawServer collector(serve);
    RecordingLogger logger;
    TraceExporter exporter(options_for(collector.url()), logger);
    exporter.start();
    exporter.end(span_named("work"));
    REQUIRE(eventually([&] { return collector.connections() > 0; }));
    auto stopped = std::async(std::launch::async, [&] { exporter.stop(milliseconds(300)); });
    CHECK(stopped.wait_for(seconds(30)) == std::future_status::ready);
    const auto counts = exporter.counts();
    CHECK(counts.exported + dropped(counts) == 1);
}

TEST_CASE("while there is no collector, spans are dropped and counted, and memory is bounded") {
    RecordingLogger logger;
    auto options = options_for("http://127.0.0.1:9/v1/traces");
    options.queue = 100;
    options.batch = 10;
    TraceExporter exporter(options, logger);
    exporter.start();
    for (int i = 0; i < 10'000; ++i) exporter.end(span_named("work"));
    exporter.stop(milliseconds(0));
    const auto counts = exporter.counts();
    CHECK(counts.exported == 0);
    CHECK(dropped(counts) == 10'000);
    CHECK(counts.dropped_by_full_queue >= 9'000);
    // One line, not one for each failure.
    const std::string log = logger.text();
    CHECK(log.find("does not take telemetry") == log.rfind("does not take telemetry"));
}

TEST_CASE("while the queue is full few new traces are recorded, each of them completely") {
    RecordingLogger logger;
    auto options = options_for("http://127.0.0.1:9/v1/traces");
    options.queue = 10;
    TraceExporter exporter(options, logger);  // not started: nobody empties the queue
    for (int i = 0; i < 9; ++i) exporter.end(span_named("work"));
    SpanContext remote = exporter.begin("a", SpanKind::kServer, nullptr);
    CHECK(remote.sampled);
    remote.is_remote = true;
    exporter.end(span_named("work"));
    const auto before = exporter.counts().dropped_by_full_queue;
    constexpr int kTraces = 1'600;
    int recorded = 0;
    const auto begun = std::chrono::steady_clock::now();
    for (int i = 0; i < kTraces; ++i) {
        const auto first = exporter.begin("a", SpanKind::kServer, i % 2 == 0 ? &remote : nullptr);
        CHECK(first.is_valid());
        const auto child = exporter.begin("b", SpanKind::kInternal, &first);
        CHECK(child.sampled == first.sampled);
        recorded += first.sampled ? 1 : 0;
    }
    const auto took = std::chrono::steady_clock::now() - begun;
    CHECK(recorded >= 1);
    // A hundredth of a second has begun when the loop begins, and another one when it ends.
    CHECK(recorded <= took / milliseconds(10) + 2);
    const auto dropped_traces = exporter.counts().dropped_by_full_queue - before;
    CHECK(dropped_traces == static_cast<std::uint64_t>(kTraces - recorded));
}

TEST_CASE("begun spans have different ids and follow the sampler") {
    RecordingLogger logger;
    auto options = options_for("http://127.0.0.1:9");
    SUBCASE("all") {
        TraceExporter exporter(options, logger);
        const auto first = exporter.begin("a", SpanKind::kInternal, nullptr);
        const auto second = exporter.begin("a", SpanKind::kInternal, &first);
        const auto other = exporter.begin("a", SpanKind::kInternal, nullptr);
        CHECK(first.is_valid());
        CHECK(first.sampled);
        CHECK(second.trace_id == first.trace_id);
        CHECK(second.span_id != first.span_id);
        CHECK(second.sampled);
        CHECK(other.trace_id != first.trace_id);
    }
    SUBCASE("none") {
        options.sampler = Sampler(0);
        TraceExporter exporter(options, logger);
        const auto first = exporter.begin("a", SpanKind::kInternal, nullptr);
        CHECK(first.is_valid());
        CHECK_FALSE(first.sampled);
    }
}

TEST_CASE(
    "the resource names service, version and instance, and explicit settings take precedence") {
    Settings settings = tracing_settings();
    settings.server_name = "alpha";
    const auto value = [&](std::string_view name) -> std::string {
        for (const auto& [key, text] : make_resource(settings).attributes) {
            if (key == name) return text;
        }
        return {};
    };
    CHECK(value("service.name") == "rescuestream");
    CHECK(value("service.instance.id") == "alpha");
    CHECK_FALSE(value("service.version").empty());
    settings.telemetry.resource_attributes = "service.name=by%20list,team=rescue,service.version=1";
    CHECK(value("service.name") == "by list");
    CHECK(value("team") == "rescue");
    CHECK(value("service.version") == "1");
    settings.telemetry.service_name = "by-otel";
    CHECK(value("service.name") == "by-otel");
    settings.telemetry.tracing_service = "by-tracing";
    settings.telemetry.tracing_version = "2";
    CHECK(value("service.name") == "by-tracing");
    CHECK(value("service.version") == "2");
}
