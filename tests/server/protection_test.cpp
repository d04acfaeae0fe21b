// Who asks much: answers that are kept for a moment, and limits.

#include "protection.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <atomic>
#include <thread>

#include "support/faulty_storage.hpp"
#include "test_server.hpp"

namespace rescuestream::server::testing {
namespace {

using rescuestream::testing::FaultyStorage;
using rescuestream::testing::StorageFaults;

Settings with_limits(std::uint64_t calls, std::uint64_t keys, std::uint64_t secrets) {
    Settings settings;
    settings.api_rate_limit = calls;
    settings.wrong_keys_per_minute = keys;
    settings.wrong_secrets_per_minute = secrets;
    return settings;
}

/// A TestApplication that is protected.
class ProtectedApplication : public TestApplication {
public:
    explicit ProtectedApplication(Settings with = with_limits(0, 0, 0))
        : ProtectedApplication(std::make_shared<StorageFaults>(), std::move(with)) {}
    ProtectedApplication(std::shared_ptr<StorageFaults> the_faults, Settings with)
        : TestApplication(
              std::make_unique<FaultyStorage>(TestOrchestrator::open_memory(), the_faults),
              std::move(with)),
          faults(std::move(the_faults)),
          protection(settings),
          guarded(*test.orchestrator, settings, logger, &observer, nullptr, &protection) {}

    Reply ask(HttpRequest request) {
        request.headers.emplace_back("host", "localhost");
        Reply reply;
        reply.response = guarded.handle(std::move(request));
        reply.json.Parse<rapidjson::kParseIterativeFlag>(reply.response.body.data(),
                                                         reply.response.body.size());
        return reply;
    }
    Reply call(const std::string& method, const std::string& target, std::string body = "",
               Headers more = {}) {
        HttpRequest request = make_request(method, target, std::move(body));
        request.headers.emplace_back("x-api-key", kSecret);
        for (auto& header : more) request.headers.push_back(std::move(header));
        return ask(std::move(request));
    }
    Reply publish(const std::string& key, const std::string& address = "192.0.2.1") {
        return ask(make_request(
            "POST", "/auth",
            fmt::format(R"({{"action":"publish","path":"live/a","password":"{}","ip":"{}",)"
                        R"("protocol":"rtmp","id":"c1"}})",
                        key, address)));
    }

    std::shared_ptr<StorageFaults> faults;
    Protection protection;
    Application guarded;
};

std::string some_key(int number) {
    return fmt::format("sk_{:043}", number);
}

TEST_CASE("a list that many ask for costs the storage one question") {
    ProtectedApplication server;
    const int before = server.faults->calls("list_streams");
    std::string tag;
    for (int i = 0; i < 20; ++i) {
        const Reply reply = server.call("GET", "/streams");
        CHECK(reply.status() == 200);
        CHECK(reply.header("Cache-Control") == "private, no-cache");
        tag = reply.header("ETag");
    }
    // Twenty calls take far less than the quarter of a second for which an answer is kept, or, on
    // a machine that stands still meanwhile, a few questions more; never one for each.
    CHECK(server.faults->calls("list_streams") - before < 10);
    CHECK(server.call("GET", "/streams?state=all").status() == 200);
    CHECK_FALSE(tag.empty());
}

TEST_CASE("whoever has the answer already gets 304 without a body") {
    ProtectedApplication server;
    const std::string tag = server.call("GET", "/stream-keys").header("ETag");
    for (const std::string& given : {tag, "\"other\", " + tag, "W/" + tag, std::string("*")}) {
        CAPTURE(given);
        const Reply same = server.call("GET", "/stream-keys", "", {{"if-none-match", given}});
        CHECK(same.status() == 304);
        CHECK(same.response.body.empty());
        CHECK(same.header("ETag") == tag);
        CHECK_FALSE(same.header("X-Request-ID").empty());
    }
    const Reply other = server.call("GET", "/stream-keys", "", {{"if-none-match", "\"x\""}});
    CHECK(other.status() == 200);
    CHECK(other.response.body.find("stream_keys") != std::string::npos);
}

TEST_CASE("an answer is never older than the caller's own last change") {
    ProtectedApplication server;
    for (int i = 0; i < 30; ++i) {
        const Reply made =
            server.call("POST", "/broadcasters", fmt::format(R"({{"display_name":"B{}"}})", i));
        REQUIRE(made.status() == 201);
        CHECK(made.header("ETag").empty());
        const Reply list = server.call("GET", "/broadcasters");
        CHECK(list.json["count"].GetInt() == i + 1);
        const std::string target = "/broadcasters/" + made.text("id");
        CHECK(server.call("GET", target).status() == 200);
        REQUIRE(server.call("PATCH", target, R"({"display_name":"other"})").status() == 200);
        CHECK(server.call("GET", target).text("display_name") == "other");
    }
}

TEST_CASE("what is not found or fails is not kept") {
    ProtectedApplication server;
    const std::string target = "/streams/0192d3b0-0000-7000-8000-000000000000";
    CHECK(server.call("GET", target).status() == 404);
    CHECK(server.call("GET", target).header("ETag").empty());
    server.faults->fail_method("list_streams");
    CHECK(server.call("GET", "/streams").status() == 503);
    server.faults->clear();
    CHECK(server.call("GET", "/streams").status() == 200);
}

TEST_CASE("many who come while an answer is being made wait for it, and all get it") {
    ProtectedApplication server;
    server.faults->hold_method("list_streams");
    std::atomic<int> good{0};
    std::vector<std::thread> callers;
    for (int i = 0; i < 20; ++i) {
        callers.emplace_back([&] {
            if (server.call("GET", "/streams").status() == 200) ++good;
        });
    }
    server.faults->release();
    for (auto& caller : callers) caller.join();
    CHECK(good == 20);
}

TEST_CASE("a credential that calls too often is told when to go on, others are not slowed") {
    ProtectedApplication server(with_limits(1, 0, 0));
    CHECK(server.call("GET", "/nodes").header("RateLimit-Policy") == "\"api\";q=2;w=2");
    server.call("GET", "/nodes");
    Reply refused = server.call("GET", "/nodes");
    for (int i = 0; i < 5 && refused.status() == 200; ++i) refused = server.call("GET", "/nodes");
    CHECK(refused.status() == 429);
    CHECK(refused.text("type") == "/errors/too-many-requests");
    CHECK(refused.header("Retry-After") == "1");
    CHECK(refused.header("RateLimit").starts_with("\"api\";r=0"));
    CHECK(server.ask(TestApplication::make_request("GET", "/livez")).status() == 200);
    CHECK(server.publish(some_key(1)).status() == 401);
}

TEST_CASE("guesses at the API's secret are limited by address, the right one always passes") {
    ProtectedApplication server(with_limits(0, 0, 3));
    const auto guess = [&](const std::string& secret, const char* address) {
        HttpRequest request = TestApplication::make_request("GET", "/streams");
        request.remote_address = address;
        request.headers.emplace_back("x-api-key", secret);
        return server.ask(std::move(request)).status();
    };
    for (int i = 0; i < 3; ++i) CHECK(guess("g" + std::to_string(i), "192.0.2.1") == 401);
    CHECK(guess("g9", "192.0.2.1") == 429);
    CHECK(guess("g0", "192.0.2.1") == 401);
    CHECK(guess("g9", "192.0.2.2") == 401);
    CHECK(guess(kSecret, "192.0.2.1") == 200);
}

TEST_CASE("guesses at stream keys are limited by address, a good key behind it always passes") {
    ProtectedApplication server(with_limits(0, 3, 0));
    const auto good = server.test.key("live/a");
    for (int i = 0; i < 3; ++i) CHECK(server.publish(some_key(i)).status() == 401);
    const Reply refused = server.publish(some_key(9));
    CHECK(refused.status() == 429);
    CHECK_FALSE(refused.header("Retry-After").empty());
    // One that is set up wrongly, for ever the same, is told what is wrong, and heard once.
    for (int i = 0; i < 5; ++i) CHECK(server.publish(some_key(0)).status() == 401);
    CHECK(server.publish(some_key(9), "192.0.2.2").status() == 401);
    CHECK(server.publish(std::string(good.value.reveal())).status() == 200);
    const std::string log = server.logger.text();
    const auto count = [&](std::string_view text) {
        std::size_t times = 0;
        for (auto at = log.find(text); at != log.npos; at = log.find(text, at + 1)) ++times;
        return times;
    };
    CHECK(count("publisher refused") >= 4);
    CHECK(log.find("sk_0") == std::string::npos);
}

}  // namespace
}  // namespace rescuestream::server::testing
