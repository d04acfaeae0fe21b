#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <stdexcept>

#include "support/faulty_storage.hpp"
#include "test_server.hpp"

namespace rescuestream::server::testing {
namespace {

using rescuestream::testing::FaultyStorage;
using rescuestream::testing::StorageFaults;

TEST_CASE("the audit record is listed in the form of the front end") {
    TestApplication server;
    REQUIRE(server.call("POST", "/broadcasters", R"({"display_name":"A"})").status() == 201);
    server.test.clock.advance(std::chrono::seconds(10));
    const Reply posted = server.call(
        "POST", "/audit-events",
        R"({"event_type":"user_login","actor":"Ann@example.org","metadata":{"user_name":"Ann"}})");
    REQUIRE(posted.status() == 201);
    CHECK(posted.text("action") == "login");
    CHECK(posted.json["resource_type"].IsNull());
    CHECK(posted.text("request_method") == "POST");
    CHECK(posted.text("request_path") == "/audit-events");
    CHECK(posted.text("ip_address") == "192.0.2.1");
    CHECK(posted.text("outcome") == "success");

    const Reply list = server.call("GET", "/audit-logs");
    CHECK(list.json["pagination"]["limit"].GetInt() == 50);
    CHECK(list.json["pagination"]["offset"].GetInt() == 0);
    CHECK(list.json["pagination"]["total"].GetInt() == 2);
    CHECK(std::string(list.json["audit_logs"][0]["action"].GetString()) == "login");
    const auto total = [&](const std::string& query) {
        return server.call("GET", "/audit-logs?" + query).json["pagination"]["total"].GetInt();
    };
    CHECK(total("actor=ann%40EXAMPLE") == 1);
    CHECK(total("action=create&resource_type=broadcaster") == 1);
    CHECK(total("action=&actor=&from=&to=") == 2);
    CHECK(total("from=2026-01-17T10:00:05Z") == 1);
    CHECK(total("to=2026-01-17T12:00:05%2B02:00") == 1);
    const Reply page = server.call("GET", "/audit-logs?limit=1&offset=1");
    CHECK(page.json["audit_logs"].Size() == 1);
    CHECK(std::string(page.json["audit_logs"][0]["action"].GetString()) == "create");
}

TEST_CASE("the audit record is exported in parts, one JSON object in each line") {
    TestApplication server;
    for (const char* name : {"A", "B", "C"}) {
        server.test.clock.advance(std::chrono::seconds(1));
        server.call("POST", "/broadcasters", fmt::format(R"({{"display_name":"{}"}})", name));
    }
    const Reply first = server.call("GET", "/audit-logs/export?limit=2&action=create");
    CHECK(first.status() == 200);
    CHECK(first.response.content_type == "application/x-ndjson");
    const std::string cursor = first.header("RescueStream-Next-Cursor");
    REQUIRE_FALSE(cursor.empty());
    const Reply second =
        server.call("GET", "/audit-logs/export?limit=2&action=create&cursor=" + cursor);
    CHECK(second.header("RescueStream-Next-Cursor").empty());
    const std::string all = server.call("GET", "/audit-logs/export").response.body;
    CHECK(first.response.body + second.response.body == all);
    CHECK(std::count(all.begin(), all.end(), '\n') == 3);
    CHECK(all.find(R"("display_name":"C")") < all.find(R"("display_name":"A")"));
    CHECK(server.call("GET", "/audit-logs/export?limit=0&from=x&cursor=y").wrong_members() ==
          "/from /limit /cursor");
    CHECK(server.call("GET", "/audit-logs").json["pagination"]["total_is_exact"].GetBool());
}

TEST_CASE("wrong parameters of the audit record are 400 and are all named") {
    TestApplication server;
    for (const char* query : {"limit=NaN", "limit=-10", "limit=0", "limit=101", "limit=1e1"}) {
        CAPTURE(query);
        CHECK(server.call("GET", std::string("/audit-logs?") + query).wrong_members() == "/limit");
    }
    CHECK(server.call("GET", "/audit-logs?offset=-10").wrong_members() == "/offset");
    CHECK(server
              .call("GET",
                    "/audit-logs?limit=x&offset=NaN&resource_id=7&from=yesterday&to=2026-01-17")
              .wrong_members() == "/limit /offset /resource_id /from /to");
}

TEST_CASE("a key value in a posted event is masked") {
    TestApplication server;
    const std::string key = "sk_" + std::string(43, 'k');
    const Reply posted = server.call(
        "POST", "/audit-events",
        fmt::format(R"({{"event_type":"stream_started","failure_reason":"{0}","actor":"{0}",)"
                    R"("request_path":"/x/{0}","metadata":{{"key":"{0}"}}}})",
                    key));
    REQUIRE(posted.status() == 201);
    CHECK(posted.response.body.find(key) == std::string::npos);
    CHECK(server.call("GET", "/audit-logs").response.body.find(key) == std::string::npos);
}

TEST_CASE("entries show their origin, and a caller cannot write as the server") {
    TestApplication server;
    REQUIRE(server.call("POST", "/broadcasters", R"({"display_name":"A"})").status() == 201);
    server.test.clock.advance(std::chrono::seconds(1));
    const auto post = [&](const std::string& members) {
        return server.call("POST", "/audit-events",
                           fmt::format(R"({{"event_type":"broadcaster_created",{}}})", members));
    };
    CHECK(post(R"("actor":"rescuestream")").wrong_members() == "/actor");
    CHECK(post(R"("actor":"media-server","metadata":{"source":"server"})").wrong_members() ==
          "/actor /metadata/source");
    CHECK(post(R"("origin":"server")").wrong_members() == "/origin");
    // What the front end posts, and the caller's own name.
    const Reply posted = post(R"("actor":"ann","metadata":{"display_name":"A"})");
    REQUIRE(posted.status() == 201);
    CHECK(posted.text("origin") == "api");
    CHECK(post(R"("actor":"api-secret")").text("origin") == "api");
    const Reply list = server.call("GET", "/audit-logs");
    const auto& entries = list.json["audit_logs"];
    REQUIRE(entries.Size() == 3);
    CHECK(std::string(entries[1]["origin"].GetString()) == "api");
    CHECK(std::string(entries[2]["origin"].GetString()) == "server");
}

TEST_CASE("wrong members of an event are reported together") {
    TestApplication server;
    CHECK(server
              .call("POST", "/audit-events",
                    R"({"event_type":5,"actor":"  ","resource_type":1,"resource_id":"x",)"
                    R"("request_method":"","request_path":[],"outcome":"maybe",)"
                    R"("failure_reason":7,"metadata":[],"id":1})")
              .wrong_members() ==
          "/event_type /actor /resource_type /resource_id /request_method /request_path /outcome "
          "/failure_reason /metadata /id");
    CHECK(server.test->list_audit({}).value().total == 0);
}

TEST_CASE("/health and /readyz show whether the database answers") {
    auto faults = std::make_shared<StorageFaults>();
    TestApplication server(std::make_unique<FaultyStorage>(TestOrchestrator::open_memory(), faults),
                           {});
    const auto ask = [&](const char* target) {
        return server.send(TestApplication::make_request("GET", target));
    };
    CHECK(ask("/health").response.body == R"({"status":"ok","database":"ok"})");
    CHECK(ask("/readyz").status() == 503);  // the media server was not polled yet
    CHECK(ask("/readyz").text("media_server") == "not asked yet");
    server.test->tick();
    CHECK(ask("/readyz").status() == 200);
    CHECK(ask("/readyz").text("media_server") == "ok");
    server.test.media->set_down(true);
    server.test->tick();
    CHECK(ask("/readyz").status() == 200);
    CHECK(ask("/readyz").text("media_server") == "unreachable");

    faults->fail_method("ping");
    const Reply degraded = ask("/health");
    CHECK(degraded.status() == 503);
    CHECK(degraded.response.body == R"({"status":"degraded","database":"unreachable"})");
    CHECK(ask("/readyz").status() == 503);
    CHECK(ask("/livez").status() == 200);
}

TEST_CASE("each error of a backend has its own problem, without the driver's text") {
    auto faults = std::make_shared<StorageFaults>();
    TestApplication server(std::make_unique<FaultyStorage>(TestOrchestrator::open_memory(), faults),
                           {});
    const auto key = server.test.key("live/a");
    struct Case {
        ErrorCode code;
        int status;
        const char* type;
    };
    for (const auto& [code, status, type] :
         {Case{ErrorCode::kUnavailable, 503, "/errors/unavailable"},
          Case{ErrorCode::kTimeout, 504, "/errors/timeout"},
          Case{ErrorCode::kStorageFull, 507, "/errors/storage-full"},
          Case{ErrorCode::kUnsupported, 501, "/errors/unsupported"},
          Case{ErrorCode::kUnauthorized, 500, "/errors/internal-error"},
          Case{ErrorCode::kInternal, 500, "/errors/internal-error"},
          Case{ErrorCode::kConflict, 409, "/errors/conflict"},
          Case{ErrorCode::kNotFound, 404, "/errors/not-found"},
          Case{ErrorCode::kInvalidArgument, 400, "/errors/invalid-request"}}) {
        CAPTURE(type);
        faults->fail_method("update_stream_key", Error{code, "Said.", "driver's own text", {}});
        const Reply reply =
            server.call("PATCH", "/stream-keys/" + key.key.id.to_string(), R"({"label":"x"})");
        CHECK(reply.status() == status);
        CHECK(reply.text("type") == type);
        CHECK(reply.response.body.find("driver") == std::string::npos);
        CHECK((reply.header("Retry-After") == "1") == (status == 503));
    }
}

// The machine's generator can fail, and then throws by contract.
class BrokenRandom final : public RandomSource {
public:
    void fill(std::span<std::uint8_t>) override { throw std::runtime_error("inner words"); }
};

TEST_CASE("a handler that throws answers 500 without the exception's text, which is logged") {
    BrokenRandom random;
    RecordingLogger logger;
    Settings settings;
    settings.api_secret = Secret(kSecret);
    OrchestratorOptions options;
    options.storage = TestOrchestrator::open_memory();
    options.media_server = std::make_unique<rescuestream::testing::FakeMediaServer>();
    options.random = &random;
    StreamOrchestrator orchestrator(std::move(options));
    const Application application = make_api({orchestrator, settings, logger});
    HttpRequest request =
        TestApplication::make_request("POST", "/broadcasters", R"({"display_name":"A"})");
    request.headers.emplace_back("x-api-key", kSecret);
    request.headers.emplace_back("x-request-id", "r7");
    const HttpResponse response = application.handle(std::move(request));
    CHECK(response.status == 500);
    CHECK(response.body.find("/errors/internal-error") != std::string::npos);
    CHECK(response.body.find("inner words") == std::string::npos);
    CHECK(logger.text().find("request_id=r7 error=inner words") != std::string::npos);
}

}  // namespace
}  // namespace rescuestream::server::testing
