// Callers with many requests: answers that are kept for a short time, and limits.

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <atomic>
#include <thread>

#include "protected_application.hpp"
#include "support/wait.hpp"

namespace rescuestream::server::testing {
namespace {

using rescuestream::testing::eventually;

TEST_CASE("many requests for a list cause one call of the storage") {
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
    // a machine that stands still meanwhile, a few calls more, but never one for each.
    CHECK(server.faults->calls("list_streams") - before < 10);
    CHECK(server.call("GET", "/streams?state=all").status() == 200);
    CHECK_FALSE(tag.empty());
}

TEST_CASE("a caller that already has the answer gets 304 without a body") {
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
        CHECK_FALSE(made.header("ETag").empty());
        const Reply list = server.call("GET", "/broadcasters");
        CHECK(list.json["count"].GetInt() == i + 1);
        const std::string target = "/broadcasters/" + made.text("id");
        CHECK(server.call("GET", target).status() == 200);
        REQUIRE(server.call("PATCH", target, R"({"display_name":"other"})").status() == 200);
        CHECK(server.call("GET", target).text("display_name") == "other");
    }
}

TEST_CASE("every kind of change by this server is in the next answer") {
    ProtectedApplication server;
    TestOrchestrator& core = server.test;
    const auto key = core.key("live/a");
    const std::string shown = "/stream-keys/" + key.key.id.to_string();
    const auto live = [&] { return server.call("GET", "/streams").json["count"].GetInt(); };
    const auto status = [&] { return server.call("GET", shown).text("status"); };
    // Each request is within the quarter of a second for which the answer before may be kept.
    CHECK(live() == 0);
    CHECK(server.call("GET", shown).text("last_used_at").empty());

    REQUIRE(core.ask(key, "c1").accepted());  // a decision
    CHECK_FALSE(server.call("GET", shown).text("last_used_at").empty());
    core.media->publish(ConnectionKind::kRtmp, {"c1"}, "live/a");
    CHECK(live() == 0);
    core->tick();  // a poll
    CHECK(live() == 1);

    core.media->disconnect({"c1"});
    REQUIRE(core->source_unavailable({"live/a", "rtmpConn", ConnectionId{"c1"}}));  // a hook
    CHECK(live() == 0);
    REQUIRE(core.publish(key, "c2"));
    CHECK(live() == 1);

    const auto stream = core.live().at(0).id;
    REQUIRE(core->stop_stream(stream, std::chrono::seconds(0), core.caller));  // a cut-off
    CHECK(live() == 0);

    StreamKeyPatch patch;
    patch.expires_at = core.clock.now() + std::chrono::seconds(5);
    REQUIRE(core->update_stream_key(key.key.id, patch, core.caller));
    REQUIRE(core.publish(key, "c3"));
    CHECK(live() == 1);
    CHECK(status() == "active");
    core.clock.advance(std::chrono::seconds(6));
    core->tick();  // the stream's time is over
    CHECK(live() == 0);
    CHECK(status() == "expired");
}

TEST_CASE("a change that another program announced is in the next answer") {
    ProtectedApplication server;
    const auto key = server.test.key("live/a");
    server.test->start();
    const std::string list = "/stream-keys";
    CHECK(server.call("GET", list).status() == 200);
    const int before = server.faults->calls("key_list_after");
    server.faults->tell_changes();
    CHECK(server.call("GET", list).status() == 200);
    CHECK(server.faults->calls("key_list_after") > before);
    server.test->stop();
}

TEST_CASE("callers that wait for a list share an answer, however much changes meanwhile") {
    ProtectedApplication server;
    server.faults->hold_method("list_streams");
    const int before = server.faults->calls("list_streams");
    std::vector<std::thread> askers;
    std::atomic<int> answered{0};
    askers.emplace_back([&] { answered += server.call("GET", "/streams").status() == 200; });
    REQUIRE(eventually([&] { return server.faults->calls("list_streams") == before + 1; }));
    server.test.broadcaster();  // the answer in progress is too old for later callers
    for (int i = 0; i < 16; ++i) {
        askers.emplace_back([&] { answered += server.call("GET", "/streams").status() == 200; });
    }
    CHECK(server.faults->calls("list_streams") == before + 1);
    server.faults->release();
    for (auto& asker : askers) asker.join();
    CHECK(answered == 17);
    // One more answer for all waiting callers; a thread that starts late may find that one too old.
    CHECK(server.faults->calls("list_streams") - before < 6);
}

TEST_CASE("an answer with constant requests is renewed in the background") {
    Snapshots snapshots;
    const auto request = TestApplication::make_request("GET", "/streams");
    const auto asker = std::this_thread::get_id();
    std::atomic<bool> made_beside{false};
    const auto ask = [&] {
        return snapshots.get(request, [&](const HttpRequest& asked) {
            if (std::this_thread::get_id() != asker) made_beside = true;
            std::this_thread::sleep_for(std::chrono::milliseconds(5));  // a long list
            HttpResponse response;
            response.status = 200;
            response.body = asked.target;
            return response;
        });
    };
    CHECK(eventually([&] { return ask().content() == "/streams" && made_beside; }));
    snapshots.stop();
    CHECK(ask().content() == "/streams");
}

TEST_CASE("kept answers are cleaned up in the background until none is kept") {
    Snapshots snapshots;
    std::atomic<int> rounds{0};
    snapshots.also_forget([&](auto) { return ++rounds < 2; });
    snapshots.get(TestApplication::make_request("GET", "/streams"), [](const HttpRequest&) {
        HttpResponse response;
        response.body = "[]";
        return response;
    });
    CHECK(eventually([&] { return rounds == 2; }, std::chrono::seconds(30)));
}

TEST_CASE("answers \"not found\" and errors are not kept") {
    ProtectedApplication server;
    const std::string target = "/streams/0192d3b0-0000-7000-8000-000000000000";
    CHECK(server.call("GET", target).status() == 404);
    CHECK(server.call("GET", target).header("ETag").empty());
    server.faults->fail_method("list_streams");
    CHECK(server.call("GET", "/streams").status() == 503);
    server.faults->clear();
    CHECK(server.call("GET", "/streams").status() == 200);
}

TEST_CASE("callers that arrive while an answer is being made wait for it, and all get it") {
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

TEST_CASE("a credential over its rate is told when to continue, and others are not affected") {
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
