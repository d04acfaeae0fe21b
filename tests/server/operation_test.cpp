// Log lines, metrics, start-up.

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <httplib.h>

#include <limits>

#include "access_log.hpp"
#include "logging.hpp"
#include "metrics.hpp"
#include "metrics_server.hpp"
#include "raw_client.hpp"
#include "startup.hpp"
#include "support/faulty_storage.hpp"
#include "support/wait.hpp"
#include "test_server.hpp"

namespace rescuestream::server::testing {
namespace {

using rescuestream::testing::FaultyStorage;
using rescuestream::testing::StorageFaults;

const Timestamp kTime = *parse_rfc3339("2026-01-17T10:00:00.5Z");

TEST_CASE("a log line is text for people or JSON for programs") {
    const auto line = [](LogFormat format) {
        return format_log_line(format, kTime, LogLevel::kWarning, "something happened",
                               {{"count", "3"}, {"text", "a \"b\"\n"}, {"none", ""}});
    };
    CHECK(line(LogFormat::kText) ==
          R"(2026-01-17T10:00:00.500000Z warn  something happened count=3 text="a \"b\"\n")");
    CHECK(line(LogFormat::kJson) ==
          R"({"time":"2026-01-17T10:00:00.500000Z","level":"warn","message":"something happened",)"
          R"("count":"3","text":"a \"b\"\n"})");
}

TEST_CASE("numbers are numbers in JSON lines, and texts that look like numbers are texts") {
    const auto line = [](LogFormat format) {
        return format_log_line(format, kTime, LogLevel::kInfo, "x",
                               {{"status", 404},
                                {"delta", std::int64_t{-7}},
                                {"bytes", std::uint64_t{18'446'744'073'709'551'615U}},
                                {"duration_ms", 1.0625},
                                {"ratio", std::numeric_limits<double>::quiet_NaN()},
                                {"actor", "42"}});
    };
    CHECK(line(LogFormat::kJson)
              .ends_with(
                  R"("status":404,"delta":-7,"bytes":18446744073709551615,"duration_ms":1.062,)"
                  R"("ratio":"nan","actor":"42"})"));
    CHECK(line(LogFormat::kText)
              .ends_with("status=404 delta=-7 bytes=18446744073709551615 duration_ms=1.062 "
                         "ratio=nan actor=42"));
}

TEST_CASE("no log line shows a key value") {
    const std::string key = "sk_" + std::string(43, 'z');
    for (const LogFormat format : {LogFormat::kText, LogFormat::kJson}) {
        const std::string line =
            format_log_line(format, kTime, LogLevel::kInfo, "x " + key, {{"path", "/a/" + key}});
        CHECK(line.find(key) == std::string::npos);
        CHECK(line.find("sk_***") != std::string::npos);
    }
}

TEST_CASE("requests are counted by route and status, decisions by outcome") {
    RecordingLogger logger;
    Metrics metrics;
    AccessLog log(logger);
    TestApplication server;
    const Application counted =
        make_api({*server.test.orchestrator, server.settings, logger}, {&metrics, &log});
    const auto send = [&](const char* method, const char* target, const char* body = "") {
        return counted.handle(TestApplication::make_request(method, target, body));
    };
    send("GET", "/health");
    send("GET", "/health");
    send("GET", "/streams/abc");
    send("BREW", "/secret-path");
    send("POST", "/auth", R"({"action":"read","path":"live/a"})");
    send("POST", "/auth", R"({"action":"publish","path":"live/a"})");
    const std::string text = metrics.text();
    CHECK(text.find(
              R"(rescuestream_http_requests_total{method="GET",route="/health",status="200"} 2)") !=
          std::string::npos);
    CHECK(text.find(R"(route="/streams/{id}",status="401"} 1)") != std::string::npos);
    CHECK(text.find(R"(method="OTHER",route="none",status="404"} 1)") != std::string::npos);
    CHECK(text.find(R"(rescuestream_publish_decisions_total{outcome="no_credential"} 1)") !=
          std::string::npos);
    CHECK(text.find(R"(rescuestream_http_request_duration_seconds_count{route="/auth"} 2)") !=
          std::string::npos);
    CHECK(text.find("abc") == std::string::npos);
    CHECK(text.find("secret-path") == std::string::npos);
    CHECK(logger.text().find("path=/streams/abc") != std::string::npos);
}

TEST_CASE("authentication requests of MediaMTX are not logged, for every node and answer") {
    RecordingLogger logger;
    AccessLog log(logger, false);
    TestApplication server;
    const Application quiet =
        make_api({*server.test.orchestrator, server.settings, logger}, {nullptr, &log});
    for (const char* target : {"/auth", "/auth/default", "/auth/nowhere"}) {
        for (const char* action : {"read", "api", "metrics"}) {
            quiet.handle(TestApplication::make_request(
                "POST", target,
                fmt::format(R"({{"action":"{}","path":"live/a","user":"x","password":"y"}})",
                            action)));
        }
    }
    CHECK(logger.text().empty());
    quiet.handle(TestApplication::make_request("POST", "/auth/default", "{"));
    CHECK(logger.text().find("path=/auth/default") != std::string::npos);
}

TEST_CASE("metrics are served on a separate port") {
    Metrics metrics;
    RequestRecord record;
    record.method = "GET";
    record.route = "/health";
    record.status = 200;
    metrics.on_request(record);
    MetricsServer server(metrics, "127.0.0.1", 0);
    const auto port = server.start();
    REQUIRE(port.has_value());
    httplib::Client client("127.0.0.1", *port);
    const auto scraped = client.Get("/metrics");
    REQUIRE(scraped);
    CHECK(scraped->status == 200);
    CHECK(scraped->get_header_value("Content-Type").starts_with("text/plain; version=0.0.4"));
    CHECK(scraped->body.find("rescuestream_http_requests_total") != std::string::npos);
    const auto other = client.Get("/streams");
    REQUIRE(other);
    CHECK(other->status == 404);

    MetricsServer second(metrics, "127.0.0.1", *port);
    const auto taken = second.start();
    REQUIRE_FALSE(taken.has_value());
    CHECK(taken.error().message.find("METRICS_PORT") != std::string::npos);
}

TEST_CASE("clients that send a request for metrics byte by byte do not prevent others") {
    Metrics metrics;
    MetricsServer server(metrics, "127.0.0.1", 0);
    const auto port = server.start();
    REQUIRE(port.has_value());
    std::vector<std::unique_ptr<RawClient>> slow;
    for (int i = 0; i < 300; ++i) {
        slow.push_back(std::make_unique<RawClient>(*port));
        slow.back()->send("GET /metr");
        if (i % 50 != 49) continue;
        RawClient scraper(*port);
        REQUIRE(scraper.send("GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n"));
        CHECK(status_of(scraper.receive_answer()) == 200);
    }
    RawClient changing(*port);
    REQUIRE(changing.send("POST /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}"));
    CHECK(status_of(changing.receive_answer()) == 405);
    RawClient malformed(*port);
    REQUIRE(malformed.send("GET /metrics HTTP/1.1\nHost: x\n\n"));
    CHECK(status_of(malformed.receive_answer()) == 400);
}

class PlainLogger final : public Logger {
public:
    void log(LogLevel, std::string_view message,
             std::initializer_list<LogField>) noexcept override {
        if (message == "waiting for the database") ++waits;
    }
    std::atomic<int> waits{0};
};

TEST_CASE("start-up tries the database again and again, and logs each reason once") {
    auto faults = std::make_shared<StorageFaults>();
    TestOrchestrator test(std::make_unique<FaultyStorage>(TestOrchestrator::open_memory(), faults),
                          {});
    faults->fail_method("migrate");
    PlainLogger logger;
    std::thread repairer([&] {
        rescuestream::testing::eventually([&] { return faults->calls("migrate") >= 3; });
        faults->fail_method("migrate", StorageFaults::timeout());
        rescuestream::testing::eventually([&] { return logger.waits >= 2; });
        faults->clear();
    });
    StopSignal stop;
    CHECK(wait_for_database(*test.orchestrator, logger, stop).has_value());
    repairer.join();
    CHECK(logger.waits == 2);
}

TEST_CASE("waiting for the database ends when the server is told to stop") {
    auto faults = std::make_shared<StorageFaults>();
    TestOrchestrator test(std::make_unique<FaultyStorage>(TestOrchestrator::open_memory(), faults),
                          {});
    faults->fail_method("migrate");
    PlainLogger logger;
    StopSignal stop;
    stop.request();
    CHECK_FALSE(wait_for_database(*test.orchestrator, logger, stop).has_value());
    CHECK_FALSE(stop.by_signal());
}

TEST_CASE("a schema of a newer program ends the start-up") {
    auto faults = std::make_shared<StorageFaults>();
    TestOrchestrator test(std::make_unique<FaultyStorage>(TestOrchestrator::open_memory(), faults),
                          {});
    faults->fail_method("migrate", Error{ErrorCode::kConflict, "Newer.", {}, {}});
    PlainLogger logger;
    StopSignal stop;
    const auto migrated = wait_for_database(*test.orchestrator, logger, stop);
    REQUIRE_FALSE(migrated.has_value());
    CHECK(migrated.error().code == ErrorCode::kConflict);
    CHECK(logger.waits == 0);
}

}  // namespace
}  // namespace rescuestream::server::testing
