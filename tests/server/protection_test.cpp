// Who asks much: answers that are kept for a moment, and limits.

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <atomic>
#include <thread>

#include "protected_application.hpp"

namespace rescuestream::server::testing {
namespace {

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

}  // namespace
}  // namespace rescuestream::server::testing
