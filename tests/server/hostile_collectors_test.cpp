// What a collector does has no influence on the answers of the API.

#include <doctest/doctest.h>

#include <chrono>
#include <functional>
#include <optional>

#include "settings/settings.hpp"
#include "support/raw_server.hpp"
#include "support/wait.hpp"
#include "telemetry/trace_exporter.hpp"
#include "test_server.hpp"

namespace rescuestream::server::testing {
namespace {

using rescuestream::testing::eventually;
using rescuestream::testing::RawConnection;
using rescuestream::testing::RawServer;
using std::chrono::milliseconds;

Settings traced_to(const std::string& url) {
    Settings settings;
    settings.api_secret = Secret(kSecret);
    settings.telemetry.tracing_enabled = true;
    settings.telemetry.tracing_sample_rate = "1";
    settings.telemetry.endpoint = url;
    settings.telemetry.bsp_schedule_delay_ms = 1;
    settings.telemetry.bsp_max_queue_size = 64;
    settings.telemetry.bsp_max_export_batch_size = 16;
    settings.telemetry.timeout_ms = 200;
    return settings;
}

}  // namespace

TEST_CASE("every question of MediaMTX gets its decision whatever the collector does") {
    std::function<void(RawConnection&)> serve;
    bool is_down = false;
    SUBCASE("it is down") {
        is_down = true;
    }
    SUBCASE("it does not answer") {
        serve = [](RawConnection& connection) {
            while (!connection.read_request().empty()) {
            }
        };
    }
    SUBCASE("it drips its answer") {
        serve = [](RawConnection& connection) {
            connection.read_request();
            while (connection.write("H") && !connection.ends_within(milliseconds(20))) {
            }
        };
    }
    SUBCASE("it answers without an end") {
        serve = [](RawConnection& connection) {
            connection.read_request();
            connection.write("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n");
            while (connection.write(std::string(10'000, '{'))) {
            }
        };
    }
    SUBCASE("it answers nonsense") {
        serve = [](RawConnection& connection) {
            connection.read_request();
            connection.write("HTTP/1.1 999 \xff\r\nRetry-After: -1\r\n\r\n\x01\x02");
        };
    }
    SUBCASE("it accepts and closes") {
        serve = [](RawConnection&) {};
    }
    std::optional<RawServer> collector;
    if (!is_down) collector.emplace(serve);
    Settings settings = traced_to(is_down ? "http://127.0.0.1:9" : collector->url());
    allow_test_address(settings);
    RecordingLogger logger;
    const auto exporter = make_trace_exporter(settings, logger);
    REQUIRE(exporter);
    exporter->start();
    TestOrchestrator test{TestOrchestrator::default_settings(), exporter.get()};
    const Application api =
        make_api({*test.orchestrator, settings, logger, nullptr, nullptr, exporter.get()}, {});
    const auto key = test.key("live/a");
    const std::string accepted =
        R"({"action":"publish","path":"live/a","protocol":"rtmp","id":"c1","ip":"192.0.2.1",)"
        R"("password":")" +
        key.value.reveal() + "\"}";
    const std::string refused =
        R"({"action":"publish","path":"live/a","protocol":"rtmp","id":"c2","ip":"192.0.2.1",)"
        R"("password":"wrong"})";

    // Long enough for the collector to be met, and more spans than the queue holds.
    int asked = 0;
    const auto met = [&] {
        return is_down ? logger.text().find("does not take telemetry") != std::string::npos
                       : collector->connections() > 0;
    };
    const bool was_met = eventually([&] {
        for (int i = 0; i < 100; ++i, ++asked) {
            const bool is_good = i % 2 == 0;
            const auto reply = TestApplication::answer_of(
                api, TestApplication::make_request("POST", "/auth", is_good ? accepted : refused));
            // One that is late is 503 or 504.
            REQUIRE(reply.status() == (is_good ? 200 : 401));
        }
        return asked >= 500 && met();
    });
    CHECK(was_met);
    exporter->stop(milliseconds(100));
    const auto counts = exporter->counts();
    // A trace that was not recorded because the queue was full counts as one span.
    CHECK(counts.exported + counts.dropped_by_full_queue + counts.dropped_by_failed_export +
              counts.dropped_at_stop + counts.rejected >=
          static_cast<std::uint64_t>(asked));
}

}  // namespace rescuestream::server::testing
