// What is answered while the server waits for its database at start.
#include <doctest/doctest.h>
#include <httplib.h>

#include <regex>
#include <string>

#include "support/free_port.hpp"
#include "support/process.hpp"
#include "support/temporary_directory.hpp"
#include "support/wait.hpp"
#include "switched_service.hpp"
#include "test_server.hpp"

namespace rescuestream::server::testing {
namespace {

using rescuestream::testing::eventually;
using rescuestream::testing::free_port;
using rescuestream::testing::Process;
using rescuestream::testing::ProcessOptions;
using rescuestream::testing::TemporaryDirectory;
using std::chrono::seconds;

const char* const kPublishBody = R"({"action":"publish","path":"live/a"})";

std::string header(const HttpResponse& response, std::string_view name) {
    for (const auto& [key, value] : response.headers) {
        if (key == name) return value;
    }
    return {};
}

TEST_CASE("while the database is awaited, probes say so and every other request gets 503") {
    const Settings settings;
    RecordingLogger logger;
    const Application starting = make_starting_api(settings, logger, nullptr);
    const auto ask = [&](const char* method, const char* target, const char* body = "") {
        return starting.handle(TestApplication::make_request(method, target, body));
    };
    const auto live = ask("GET", "/livez");
    CHECK(live.status == 200);
    CHECK(live.body == R"({"status":"ok"})");
    CHECK(ask("HEAD", "/livez").status == 200);
    CHECK(ask("GET", "/readyz").status == 503);
    CHECK(ask("GET", "/readyz").body ==
          R"({"status":"not ready","database":"unreachable","media_server":"not asked yet"})");
    CHECK(ask("GET", "/readyz?verbose").body.find("waits for its database") != std::string::npos);
    CHECK(ask("GET", "/health").status == 503);
    CHECK(ask("GET", "/health").body == R"({"status":"degraded","database":"unreachable"})");
    for (const auto& [method, target] : {std::pair("POST", "/auth"),
                                         {"POST", "/auth/default"},
                                         {"POST", "/webhook/ready"},
                                         {"GET", "/streams"},
                                         {"DELETE", "/livez"},
                                         {"GET", "/nothing"}}) {
        CAPTURE(target);
        const auto refused = ask(method, target, kPublishBody);
        CHECK(refused.status == 503);
        CHECK(header(refused, "Retry-After") == "1");
        CHECK_FALSE(header(refused, "X-Request-ID").empty());
        CHECK(refused.content_type == "application/problem+json");
        CHECK(refused.body.find("waits for its database") != std::string::npos);
    }
}

TEST_CASE("requests go to the service in force when their head arrived") {
    TestApplication ready;
    const Application starting = make_starting_api(ready.settings, ready.logger, nullptr);
    SwitchedService service(starting);
    const auto ask = [&] {
        return service.receive(TestApplication::make_request("POST", "/auth", kRead));
    };
    const auto early = ask();
    service.switch_to(ready.application);
    const auto late = ask();
    CHECK(early->body_limit() == 0);  // refused without its body
    CHECK(late->body_limit() > 0);
}

TEST_CASE("the program listens while it waits for its database") {
    const TemporaryDirectory directory;
    ProcessOptions options;
    options.environment = {
        {"DATA_DIR", (directory.path() / "data").string()},
        {"API_HOST", std::nullopt},
        {"API_PORT", "0"},
        {"METRICS_PORT", "0"},
        {"MEDIAMTX_API_URL", "memory:"},
        {"LOG_FORMAT", "json"},
        {"CONFIG_FILE", std::nullopt},
        {"DATABASE_URL", "postgresql://nobody@127.0.0.1:" + std::to_string(free_port()) + "/none"}};
    Process server({SERVER_PROGRAM}, options);
    REQUIRE(eventually(
        [&] { return server.errors().find("waiting for the database") != std::string::npos; },
        seconds(20)));
    const std::string log = server.errors();
    std::smatch match;
    REQUIRE(std::regex_search(
        log, match, std::regex(R"#("listening","address":"\[::\]:([0-9]+) \(IPv4 and IPv6\)")#")));
    for (const char* host : {"127.0.0.1", "::1"}) {
        CAPTURE(host);
        httplib::Client client(host, std::stoi(match[1]));
        const auto live = client.Get("/livez");
        REQUIRE(live);
        CHECK(live->status == 200);
        const auto refused = client.Post("/auth", kPublishBody, "application/json");
        REQUIRE(refused);
        CHECK(refused->status == 503);
        CHECK(refused->has_header("Retry-After"));
    }
    REQUIRE(std::regex_search(
        log, match, std::regex(R"("metrics are served","address":"127\.0\.0\.1:([0-9]+))")));
    const auto scraped = httplib::Client("127.0.0.1", std::stoi(match[1])).Get("/metrics");
    REQUIRE(scraped);
    CHECK(scraped->body.find("rescuestream_http_requests_total") != std::string::npos);
    server.send_signal(SIGTERM);
    CHECK(server.wait(seconds(10)) == 0);
}

}  // namespace
}  // namespace rescuestream::server::testing
