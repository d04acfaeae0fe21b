#include <doctest/doctest.h>
#include <fmt/format.h>

#include "support/control_credential.hpp"
#include "support/faulty_storage.hpp"
#include "test_server.hpp"

namespace rescuestream::server::testing {
namespace {

using rescuestream::testing::FaultyStorage;
using rescuestream::testing::StorageFaults;

// A request of MediaMTX, verbatim except for the values.
std::string question(const std::string& action, const std::string& path,
                     const std::string& password = "", const std::string& id = "c1",
                     const std::string& query = "") {
    return fmt::format(
        R"({{"ip":"192.0.2.7","user":"","password":"{}","token":"{}","action":"{}","path":"{}",)"
        R"("protocol":"rtmp","id":"{}","query":"{}","userAgent":"FMLE/3.0"}})",
        password, password, action, path, id, query);
}

TEST_CASE("a publisher with a valid key is accepted with an empty body") {
    TestApplication server;
    const auto key = server.test.key("live/a");
    const Reply reply =
        server.media("/auth", question("publish", "live/a", key.value.reveal(), "c1"));
    CHECK(reply.status() == 200);
    CHECK(reply.response.body.empty());
    CHECK(server.observer.all().back().auth_decision == "accepted");
    CHECK(server.observer.all().back().route == "/auth");
}

TEST_CASE("the key is found in the query and in the path too") {
    TestApplication server;
    const auto key = server.test.key("live/a");
    const std::string value = key.value.reveal();
    CHECK(server.media("/auth", question("publish", "live/a", "", "c1", "x=1\\u0026key=" + value))
              .status() == 200);
    CHECK(server.media("/auth", question("publish", value, "", "c1")).status() == 200);
}

TEST_CASE("viewers are refused at a path that is a key value unless keys are exposed") {
    const std::string key = "sk_" + std::string(43, 'x');
    for (const char* action : {"read", "playback"}) {
        TestApplication server;
        for (const auto& password : {std::string(), std::string("guess"), key}) {
            const Reply reply = server.media("/auth", question(action, key, password));
            CHECK(reply.status() == 401);
            CHECK(reply.text("type") == "/errors/secret-path");
            CHECK(reply.response.body.find(key) == std::string::npos);
        }
        CHECK(server.media("/auth", question(action, "live/a")).status() == 200);

        Settings settings;
        settings.orchestrator.legacy_path_keys = LegacyPathKeys::kExpose;
        TestApplication exposing(settings);
        CHECK(exposing.media("/auth", question(action, key)).status() == 200);
    }
}

TEST_CASE("a refusal of a publisher is 401, and the problem's type gives the reason") {
    Settings settings;
    settings.orchestrator.legacy_path_keys = LegacyPathKeys::kDeny;
    TestApplication server(settings);
    const auto key = server.test.key("live/a");
    const std::string value = key.value.reveal();
    const auto type_of = [&](const std::string& body) {
        const Reply reply = server.media("/auth", body);
        CHECK(reply.status() == 401);
        CHECK(reply.response.body.find(value) == std::string::npos);
        return reply.text("type");
    };
    CHECK(type_of(question("publish", "live/a")) == "/errors/credential-required");
    CHECK(type_of(question("publish", "live/a", "sk_" + std::string(43, 'x'))) ==
          "/errors/invalid-stream-key");
    CHECK(type_of(question("publish", "live/b", value)) == "/errors/wrong-path");
    CHECK(type_of(question("publish", "/bad//path", value)) == "/errors/invalid-path");
    CHECK(type_of(question("publish", value)) == "/errors/path-keys-denied");
    CHECK(server.media("/auth", question("publish", "live/a", value, "c1")).status() == 200);
    CHECK(type_of(question("publish", "live/a", value, "c2")) == "/errors/stream-key-in-use");
    REQUIRE(server.test->disable_stream_key(key.key.id, server.test.caller).has_value());
    CHECK(type_of(question("publish", "live/a", value, "c3")) == "/errors/stream-key-disabled");
    REQUIRE(server.test->revoke_stream_key(key.key.id, server.test.caller).has_value());
    CHECK(type_of(question("publish", "live/a", value, "c3")) == "/errors/stream-key-revoked");

    NewStreamKey short_lived;
    short_lived.broadcaster_id = key.key.broadcaster_id;
    short_lived.playback_path = "live/short";
    short_lived.expires_at = server.test->now() + std::chrono::minutes(1);
    const auto expiring = server.test->create_stream_key(short_lived, server.test.caller).value();
    server.test.clock.advance(std::chrono::minutes(2));
    CHECK(type_of(question("publish", "live/short", expiring.value.reveal())) ==
          "/errors/stream-key-expired");
    CHECK(server.logger.text().find(value) == std::string::npos);
    CHECK(server.logger.text().find("reason=in_use") != std::string::npos);
}

TEST_CASE("a publisher whose key is blocked for a time is refused with that reason until it ends") {
    TestApplication server;
    const auto key = server.test.key("live/a");
    REQUIRE(server.test.publish(key, "c1"));
    const auto id = server.test.live().at(0).id;
    REQUIRE(server.test->stop_stream(id, std::chrono::seconds(60), server.test.caller));
    const std::string again = question("publish", "live/a", key.value.reveal(), "c2");
    const Reply refused = server.media("/auth", again);
    CHECK(refused.status() == 401);
    CHECK(refused.text("type") == "/errors/stream-key-blocked");
    CHECK(server.logger.text().find("reason=blocked") != std::string::npos);
    server.test.clock.advance(std::chrono::seconds(60));
    CHECK(server.media("/auth", again).status() == 200);
}

TEST_CASE("viewers are allowed at ordinary paths") {
    TestApplication server;
    CHECK(server.media("/auth", question("read", "live/a")).status() == 200);
    CHECK(server.media("/auth", question("playback", "live/a")).status() == 200);
    CHECK(server.media("/auth", R"({"action":"read","path":"live/a","id":null})").status() == 200);
}

TEST_CASE(
    "the secret of the installation opens MediaMTX's interfaces for programs of before alone") {
    Settings settings;
    const Secret secret("of the installation");
    const auto ask = [&](TestApplication& server, const std::string& route,
                         const std::string& password) {
        return server
            .media(route, fmt::format(R"({{"action":"api","user":"rescuestream","password":"{}",)"
                                      R"("path":"","id":null}})",
                                      password))
            .status();
    };
    settings.orchestrator.control_secret = secret;
    settings.orchestrator.api_user = "rescuestream";
    settings.orchestrator.api_password = default_control_password(secret, "default");
    TestApplication server(settings);
    CHECK(ask(server, "/auth", settings.orchestrator.api_password.reveal()) == 200);
    CHECK(ask(server, "/auth", secret.reveal()) == 200);
    CHECK(ask(server, "/auth/nowhere", secret.reveal()) == 401);
    CHECK(ask(server, "/auth", "") == 401);

    // A password that was given never was the secret.
    settings.orchestrator.api_password = Secret("given by hand");
    TestApplication given(settings);
    CHECK(ask(given, "/auth", "given by hand") == 200);
    CHECK(ask(given, "/auth", secret.reveal()) == 401);
}

TEST_CASE(
    "MediaMTX's own interfaces accept only this installation's credential, without a log line") {
    Settings settings;
    settings.orchestrator.api_user = "rescuestream";
    settings.orchestrator.api_password = Secret("right");
    settings.orchestrator.control_secret = Secret("of the installation");
    TestApplication server(settings);
    Node north;
    north.name = "north";
    north.api_url = "http://10.0.0.2:9997";
    NewNode input;
    input.name = north.name;
    input.api_url = north.api_url;
    REQUIRE(server.test->create_node(input, server.test.caller).has_value());
    const std::string of_north =
        with_control_credential(north, settings.orchestrator.control_secret).api_password.reveal();
    const auto ask = [&](const std::string& route, const std::string& action,
                         const std::string& user, const std::string& password) {
        return server
            .media(route,
                   fmt::format(R"({{"ip":"192.0.2.7","user":"{}","password":"{}","token":"{}",)"
                               R"("action":"{}","path":"","protocol":"","id":null,)"
                               R"("query":""}})",
                               user, password, password, action))
            .status();
    };
    const std::string log = server.logger.text();
    for (const char* action : {"api", "metrics", "pprof"}) {
        INFO(action);
        CHECK(ask("/auth", action, "rescuestream", "right") == 200);
        CHECK(ask("/auth/default", action, "rescuestream", "right") == 200);
        CHECK(ask("/auth/north", action, "rescuestream", of_north) == 200);
        for (const char* route : {"/auth", "/auth/north", "/auth/nowhere"}) {
            INFO(route);
            CHECK(ask(route, action, "", "") == 401);
            CHECK(ask(route, action, "rescuestream", "") == 401);
            CHECK(ask(route, action, "rescuestream", "wrong") == 401);
            CHECK(ask(route, action, "", "right") == 401);
            CHECK(ask(route, action, "rescuestream", kSecret) == 401);
        }
        // The credential of one node is not accepted for another.
        CHECK(ask("/auth/north", action, "rescuestream", "right") == 401);
        CHECK(ask("/auth", action, "rescuestream", of_north) == 401);
        CHECK(ask("/auth/nowhere", action, "rescuestream", of_north) == 401);
    }
    CHECK(server.logger.text() == log);

    TestApplication without;
    CHECK(without.media("/auth", R"({"action":"api","user":"","password":"","path":"","id":null})")
              .status() == 401);
}

TEST_CASE("unknown members are ignored, and a null id counts as none") {
    TestApplication server;
    const auto key = server.test.key("live/a");
    CHECK(server
              .media("/auth", fmt::format(R"({{"action":"publish","path":"live/a","id":null,)"
                                          R"("password":"{}","new":{{"a":[1,null]}}}})",
                                          key.value.reveal()))
              .status() == 200);
}

TEST_CASE("a publisher without an id is refused where MediaMTX always gives one") {
    TestApplication server;
    const auto key = server.test.key("live/a");
    const auto ask = [&](const char* protocol, const char* id) {
        return server
            .media("/auth", fmt::format(R"({{"action":"publish","path":"live/a","protocol":"{}",)"
                                        R"("id":{},"password":"{}"}})",
                                        protocol, id, key.value.reveal()))
            .status();
    };
    for (const char* protocol : {"rtmp", "rtsp", "srt"}) {
        CAPTURE(protocol);
        CHECK(ask(protocol, "null") == 400);
        CHECK(ask(protocol, R"("")") == 400);
    }
    // MediaMTX requests authorisation for its WebRTC publishing page without an id.
    CHECK(ask("webrtc", "null") == 200);
}

TEST_CASE("a request that cannot be understood is never allowed") {
    TestApplication server;
    const auto key = server.test.key("live/a");
    const std::string value = key.value.reveal();
    const std::string deep = std::string(20'000, '[') + std::string(20'000, ']');
    for (const std::string& body :
         {std::string("null"),
          std::string("{}"),
          std::string("[]"),
          std::string("\"read\""),
          std::string("1"),
          std::string("{"),
          std::string("read"),
          std::string(R"({"action":"watch","path":"a"})"),
          std::string(R"({"action":""})"),
          std::string(R"({"action":null})"),
          std::string(R"({"action":1})"),
          std::string(R"({"action":["read"]})"),
          std::string(R"({"action":"READ"})"),
          std::string(R"({"action":"read","action":"read"})"),
          std::string(R"({"action":"read","path":1})"),
          std::string(R"({"action":"read","path":["a"]})"),
          std::string(R"({"action":"read","id":7})"),
          std::string(R"({"action":"read","id":"a\nb"})"),
          std::string(R"({"action":"read","path":"a\u0000b"})"),
          std::string("{\"action\":\"read\"}\0{}", 20),
          std::string("{\"action\":\"read\xff\"}"),
          std::string("{\"action\":\"read\",\"path\":\"live/a\xF0"),
          std::string("{\"action\":\"read\",\"path\":\"\\u00e4\xF0\x9F"),
          std::string(R"({"action":"read"} {"action":"read"})"),
          deep,
          "{\"action\":\"read\",\"x\":" + deep + "}x",
          fmt::format(R"({{"action":"publish","path":"live/a","id":5,"password":"{}"}})", value),
          fmt::format(R"({{"action":"publish","path":"live/a","id":"c","password":["{}"]}})",
                      value),
          fmt::format(R"({{"action":"publish","path":null,"id":"c","password":"{}"}})", value)}) {
        CAPTURE(body.substr(0, 100));
        const int status = server.media("/auth", body).status();
        CHECK((status == 400 || status == 401));
    }
    CHECK(server.media("/auth", "").status() == 400);
    auto form = TestApplication::make_request("POST", "/auth", question("read", "a"));
    form.headers.front().second = "application/x-www-form-urlencoded";
    CHECK(server.send(std::move(form)).status() == 415);
}

TEST_CASE("the media server's own interface accepts only its own credential") {
    const auto body = [](const std::string& action, const std::string& user,
                         const std::string& password) {
        return fmt::format(R"({{"action":"{}","user":"{}","password":"{}","path":""}})", action,
                           user, password);
    };
    TestApplication closed;
    CHECK(closed.media("/auth", body("api", "", "")).status() == 401);
    Settings settings;
    settings.orchestrator.api_user = "control";
    settings.orchestrator.api_password = Secret("pass");
    TestApplication server(settings);
    for (const char* action : {"api", "metrics", "pprof"}) {
        CAPTURE(action);
        CHECK(server.media("/auth", body(action, "control", "pass")).status() == 200);
        CHECK(server.media("/auth", body(action, "control", "wrong")).status() == 401);
        CHECK(server.media("/auth", body(action, "", "pass")).status() == 401);
        CHECK(server.media("/auth", body(action, "", "")).status() == 401);
    }
    CHECK(server.media("/auth", body("api", "", "")).text("type") == "/errors/action-not-allowed");
}

TEST_CASE("publishers are refused while the database does not answer") {
    auto faults = std::make_shared<StorageFaults>();
    TestApplication server(std::make_unique<FaultyStorage>(TestOrchestrator::open_memory(), faults),
                           {});
    const auto key = server.test.key("live/a");
    const std::string body = question("publish", "live/a", key.value.reveal());
    faults->fail_method("claim");
    CHECK(server.media("/auth", body).status() == 503);
    faults->fail_method("claim", StorageFaults::timeout());
    CHECK(server.media("/auth", body).status() == 504);
    CHECK(server.observer.all().back().auth_decision == "error");
    faults->clear();
    CHECK(server.media("/auth", body).status() == 200);
}

TEST_CASE("long texts of a client are shortened, not refused") {
    TestApplication server;
    const auto key = server.test.key("live/a");
    std::string agent;
    for (int i = 0; i < 2'000; ++i) agent += "\xC3\xA9";
    CHECK(server
              .media("/auth", fmt::format(R"({{"action":"publish","path":"live/a","id":"c1",)"
                                          R"("password":"{}","userAgent":"{}"}})",
                                          key.value.reveal(), agent))
              .status() == 200);
}

TEST_CASE("hooks start and end the stream of their connection") {
    TestApplication server;
    const auto key = server.test.key("live/a");
    REQUIRE(
        server.media("/auth", question("publish", "live/a", key.value.reveal(), "c1")).status() ==
        200);
    server.test.media->publish(ConnectionKind::kRtmp, {"c1"}, "live/a");
    const std::string report =
        R"({"path":"live/a","source_type":"rtmpConn","source_id":"c1","more":1})";
    const Reply taken = server.media("/webhook/ready", report);
    CHECK(taken.status() == 204);
    CHECK(taken.response.body.empty());
    CHECK(server.test.live().size() == 1);
    CHECK(server.media("/webhook/not-ready", R"({"path":"live/a","source_id":"other"})").status() ==
          204);
    CHECK(server.test.live().size() == 1);
    server.test.media->disconnect({"c1"});
    CHECK(server.media("/webhook/not-ready", report).status() == 204);
    CHECK(server.test.live().empty());
}

TEST_CASE("hooks of the old form, with only the path and empty variables, are understood") {
    TestApplication server;
    const auto key = server.test.key("live/a");
    REQUIRE(
        server.media("/auth", question("publish", "live/a", key.value.reveal(), "c1")).status() ==
        200);
    server.test.media->publish(ConnectionKind::kRtmp, {"c1"}, "live/a");
    CHECK(server.media("/webhook/ready", R"({"path":"live/a","source_type":"","source_id":""})")
              .status() == 204);
    CHECK(server.test.live().size() == 1);
    CHECK(server.media("/webhook/not-ready", R"({"path":"live/a"})").status() == 204);
    CHECK(server.test.live().size() == 1);  // the media server still lists it
    server.test.media->disconnect({"c1"});
    // A wrong hook delays the next check.
    server.test.clock.advance(std::chrono::milliseconds(500));
    CHECK(server.media("/webhook/not-ready", R"({"path":"live/a"})").status() == 204);
    CHECK(server.test.live().empty());
}

TEST_CASE("a hook for an unknown path is accepted, and no stream starts") {
    TestApplication server;
    CHECK(server.media("/webhook/ready", R"({"path":"no/such","source_id":"c9"})").status() == 204);
    CHECK(server.test.live().empty());
}

TEST_CASE("a hook without a path, or with wrong members, is a bad request") {
    TestApplication server;
    const auto wrong = [&](const std::string& body) {
        const Reply reply = server.media("/webhook/ready", body);
        CHECK(reply.status() == 400);
        return reply.wrong_members();
    };
    CHECK(wrong("{}") == "/path");
    CHECK(wrong(R"({"path":null})") == "/path");
    CHECK(wrong(R"({"path":""})") == "/path");
    CHECK(wrong(R"({"path":5,"source_id":[],"source_type":{}})") ==
          "/path /source_type /source_id");
    CHECK(wrong("").empty());
}

}  // namespace
}  // namespace rescuestream::server::testing
