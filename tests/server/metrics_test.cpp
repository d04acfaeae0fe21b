// What the server says about itself to a monitoring system.

#include "metrics.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include "metrics/edge_figures.hpp"
#include "metrics/families.hpp"
#include "metrics/prometheus_text.hpp"
#include "rescuestream/operating_figures.hpp"
#include "telemetry/otlp_metrics.hpp"
#include "telemetry/otlp_metrics_json.hpp"
#include "test_server.hpp"

namespace rescuestream::server::testing {
namespace {

std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    std::size_t begin = 0;
    while (begin < text.size()) {
        const auto end = std::min(text.find('\n', begin), text.size());
        lines.push_back(text.substr(begin, end - begin));
        begin = end + 1;
    }
    return lines;
}

// The names of all series, each with its labels.
std::set<std::string> series_of(const std::string& text) {
    std::set<std::string> series;
    for (const auto& line : lines_of(text)) {
        if (!line.starts_with('#')) series.insert(line.substr(0, line.rfind(' ')));
    }
    return series;
}

bool has_line(const std::string& text, const std::string& line) {
    const auto lines = lines_of(text);
    return std::find(lines.begin(), lines.end(), line) != lines.end();
}

OperatingFigures some_figures(std::size_t streams) {
    OperatingFigures figures;
    NodeFigures node;
    node.node = "default";
    node.gauges.emplace();
    node.gauges->live = streams;
    for (std::size_t i = 0; i < streams; ++i) {
        node.gauges->streams.push_back({{}, "live/" + std::to_string(i), true, 4'000'000, 3});
    }
    figures.nodes.push_back(node);
    return figures;
}

TEST_CASE("a family is written with its help and type, and only if it has values") {
    PrometheusText text;
    text.family("a_total", "Help of a.", MetricKind::kCounter);
    text.value({{"name", "x\\y\"z\nw"}}, 3);
    text.value({}, 0.25);
    text.family("b", "Help of b.", MetricKind::kGauge);
    text.family("c_seconds", "Help of c.", MetricKind::kHistogram);
    static constexpr std::array kBounds{0.5, 2.0};
    text.distribution({{"l", "v"}}, {kBounds, {1, 2, 4}, 12.5});
    CHECK(text.take() ==
          "# HELP a_total Help of a.\n# TYPE a_total counter\n"
          "a_total{name=\"x\\\\y\\\"z\\nw\"} 3\na_total 0.25\n"
          "# HELP c_seconds Help of c.\n# TYPE c_seconds histogram\n"
          "c_seconds_bucket{l=\"v\",le=\"0.5\"} 1\nc_seconds_bucket{l=\"v\",le=\"2\"} 3\n"
          "c_seconds_bucket{l=\"v\",le=\"+Inf\"} 7\nc_seconds_sum{l=\"v\"} 12.5\n"
          "c_seconds_count{l=\"v\"} 7\n");
}

TEST_CASE("callers with odd methods, paths and names create no series") {
    Metrics metrics;
    TestApplication server;
    RecordingLogger logger;
    metrics.add(
        [&](MetricSink& sink) { write_figures(sink, server.test.orchestrator->figures(), true); });
    const Application api =
        make_api({*server.test.orchestrator, server.settings, logger}, {&metrics, nullptr});
    const auto flood = [&](int round) {
        const std::string odd = "odd" + std::to_string(round);
        api.handle(TestApplication::make_request("BREW" + odd, "/health"));
        api.handle(TestApplication::make_request("GET", "/" + odd));
        api.handle(TestApplication::make_request("GET", "/streams/" + odd));
        api.handle(TestApplication::make_request("HEAD", "/health"));
        api.handle(TestApplication::make_request("GET", "/streams?node=" + odd));
        api.handle(TestApplication::make_request(
            "POST", "/auth/" + odd,
            R"({"action":"publish","path":"live/)" + odd + R"(","password":"sk_)" + odd +
                R"(","protocol":")" + odd + R"(","id":")" + odd + "\"}"));
        api.handle(TestApplication::make_request("POST", "/auth",
                                                 R"({"action":")" + odd + R"(","path":"live/a"})"));
        api.handle(TestApplication::make_request("POST", "/webhook/ready",
                                                 R"({"path":"live/)" + odd + "\"}"));
    };
    flood(0);
    const auto before = series_of(metrics.text());
    for (int round = 1; round < 300; ++round) flood(round);
    const auto after = series_of(metrics.text());
    std::vector<std::string> added;
    std::set_difference(after.begin(), after.end(), before.begin(), before.end(),
                        std::back_inserter(added));
    // A limit on wrong keys begins to answer with another status; there are a few of these.
    CHECK(added.size() <= 3);
    for (const auto& name : after) {
        CAPTURE(name);
        CHECK(name.find("odd") == std::string::npos);
    }
    CHECK(has_line(metrics.text(),
                   R"(rescuestream_http_requests_total{method="OTHER",route="none",status="405"} )"
                   "300"));
    CHECK(
        has_line(metrics.text(),
                 R"(rescuestream_http_requests_total{method="HEAD",route="/health",status="200"} )"
                 "300"));
}

TEST_CASE("streams have series of their own only if the setting says so") {
    const auto text_of = [](bool per_stream) {
        PrometheusText text;
        write_figures(text, some_figures(1), per_stream);
        return text.take();
    };
    CHECK(text_of(false).find("path=") == std::string::npos);
    const std::string text = text_of(true);
    CHECK(has_line(text, R"(rescuestream_stream_live{path="live/0"} 1)"));
    CHECK(has_line(text, R"(rescuestream_stream_inbound_bytes_per_second{path="live/0"} 500000)"));
    CHECK(has_line(text, R"(rescuestream_stream_readers{path="live/0"} 3)"));
    CHECK(has_line(text, "rescuestream_streams_left_out 0"));
}

TEST_CASE("no series of a stream shows a key value") {
    auto settings = rescuestream::testing::TestOrchestrator::default_settings();
    settings.legacy_path_keys = LegacyPathKeys::kExpose;
    rescuestream::testing::TestOrchestrator test(settings);
    const auto key = test.key("live/public");
    PublishRequest request;
    request.path = std::string(key.value.reveal());
    request.protocol = Protocol::kRtmp;
    request.connection = ConnectionId{"a"};
    REQUIRE(test->decide_publish(request).value().accepted());
    test.media->publish(ConnectionKind::kRtmp, {"a"}, request.path);
    REQUIRE(test->source_available({request.path, "rtmpConn", ConnectionId{"a"}}));
    test->tick();
    PrometheusText text;
    write_figures(text, test->figures(), true);
    const std::string scrape = text.take();
    CHECK(has_line(scrape, R"(rescuestream_stream_live{path="live/public"} 1)"));
    CHECK(scrape.find("sk_") == std::string::npos);
}

TEST_CASE("connections are counted by listener, and requests that wait by lane") {
    EdgeFigures figures;
    figures.listeners.push_back({"api", 7, 2, 1});
    figures.lanes.push_back({"admin", 4, 3});
    figures.certificate_expires_at = *parse_rfc3339("2026-01-17T10:00:00Z");
    PrometheusText text;
    write_edge(text, figures);
    const std::string scrape = text.take();
    CHECK(has_line(scrape, R"(rescuestream_http_connections{listener="api"} 7)"));
    CHECK(has_line(scrape, R"(rescuestream_http_connections_evicted_total{listener="api"} 2)"));
    CHECK(has_line(scrape, R"(rescuestream_http_connections_refused_total{listener="api"} 1)"));
    CHECK(has_line(scrape, R"(rescuestream_http_requests_waiting{lane="admin"} 4)"));
    CHECK(has_line(scrape, R"(rescuestream_http_requests_shed_total{lane="admin"} 3)"));
    CHECK(has_line(scrape, "rescuestream_tls_certificate_expiry_timestamp_seconds 1768644000"));
}

TEST_CASE("the figures of the process have the names that all programs use") {
    PrometheusText text;
    write_process(text);
    const std::string scrape = text.take();
    for (const char* name : {"process_cpu_seconds_total", "process_resident_memory_bytes",
                             "process_virtual_memory_bytes", "process_open_fds", "process_max_fds",
                             "process_start_time_seconds", "process_threads"}) {
        CAPTURE(name);
        CHECK(scrape.find(std::string("\n") + name + " ") != std::string::npos);
    }
    CHECK(scrape.find("process_threads 0\n") == std::string::npos);
    CHECK(scrape.find("process_resident_memory_bytes 0\n") == std::string::npos);
}

TEST_CASE("metrics in OTLP's JSON form have attributes, and 64-bit numbers as texts") {
    CollectedMetrics collected;
    collected.family("a_bytes_total", "Help.", MetricKind::kCounter);
    collected.value({{"name", "x\"y"}}, 3);
    collected.family("empty", "Has no values.", MetricKind::kGauge);
    collected.family("b", "Gauge.", MetricKind::kGauge);
    collected.value({}, 0.5);
    collected.family("c_seconds", "Histogram.", MetricKind::kHistogram);
    static constexpr std::array kBounds{0.5};
    collected.distribution({}, {kBounds, {1, 2}, 2.5});
    using std::chrono::nanoseconds;
    const MetricsPeriod period{
        std::chrono::sys_time<nanoseconds>(nanoseconds(5)),
        std::chrono::sys_time<nanoseconds>(nanoseconds(9'007'199'254'740'993))};
    const std::string text = metrics_as_json({{{"service.name", "r"}}}, collected, period);
    const auto has = [&](const std::string& part) { return text.find(part) != std::string::npos; };
    CHECK(has(R"({"name":"a_bytes_total","description":"Help.","unit":"By","sum":{"dataPoints":[)"
              R"({"attributes":[{"key":"name","value":{"stringValue":"x\"y"}}],)"
              R"("startTimeUnixNano":"5","timeUnixNano":"9007199254740993","asDouble":3.0}],)"
              R"("aggregationTemporality":2,"isMonotonic":true}})"));
    CHECK(has(R"({"name":"b","description":"Gauge.","gauge":{"dataPoints":[{"attributes":[],)"
              R"("timeUnixNano":"9007199254740993","asDouble":0.5}]}})"));
    CHECK(has(R"("count":"3","sum":2.5,"bucketCounts":["1","2"],"explicitBounds":[0.5]}],)"
              R"("aggregationTemporality":2}})"));
    CHECK_FALSE(has("empty"));
}

TEST_CASE("telemetry.md lists every metric that the server has, and no other") {
    Metrics metrics;
    TestApplication server;
    metrics.add([&](MetricSink& sink) {
        auto figures = server.test.orchestrator->figures();
        auto& backend = figures.storage.backend_figures;
        backend.pool.emplace();
        backend.checkpoint_seconds.emplace();
        backend.group_sizes.emplace();
        figures.storage.free_bytes = 1;
        figures.storage.steps.push_back({"claim_all", {}, 0});
        figures.keys.age = std::chrono::seconds(1);
        auto& node = figures.nodes.front();
        node.poll_age = std::chrono::seconds(1);
        node.gauges = some_figures(1).nodes.front().gauges;
        node.gauges->readers = {{"hls", 1}};
        write_figures(sink, figures, true);
        write_process(sink);
        EdgeFigures edge;
        edge.listeners.push_back({"api", 1, 0, 0});
        edge.lanes.push_back({"admin", 0, 0});
        edge.certificate_expires_at = Timestamp{};
        write_edge(sink, edge);
    });
    RequestRecord record;
    metrics.on_request(record);
    std::set<std::string> written{"rescuestream_build_info", "rescuestream_log_lines_dropped_total",
                                  "rescuestream_spans_dropped_total",
                                  "rescuestream_spans_exported_total"};
    for (const auto& line : lines_of(metrics.text())) {
        if (line.starts_with("# TYPE ")) written.insert(line.substr(7, line.find(' ', 7) - 7));
    }
    std::ifstream file(SERVER_DOCS "/telemetry.md");
    REQUIRE(file);
    const std::string page{std::istreambuf_iterator<char>(file), {}};
    std::set<std::string> documented;
    const std::regex name("`((?:rescuestream|process)_[a-z0-9_]+)`");
    for (std::sregex_iterator found(page.begin(), page.end(), name), end; found != end; ++found) {
        documented.insert((*found)[1]);
    }
    for (const auto& one : written) {
        CAPTURE(one);
        CHECK(documented.contains(one));
    }
    for (const auto& one : documented) {
        CAPTURE(one);
        CHECK(written.contains(one));
    }
}

}  // namespace
}  // namespace rescuestream::server::testing
