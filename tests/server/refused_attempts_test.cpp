// GET /refusals and the log say why an encoder or a player was refused.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include "protected_application.hpp"

namespace refused_attempts_server_test {

using namespace rescuestream;
using namespace rescuestream::server;
using namespace rescuestream::server::testing;

namespace {

const std::string kTail = "AbCdEfGhIjKlMnOpQrStUvWxYz0123456789-_AbCdE";

// A question of MediaMTX; `more` are further members.
std::string question(const std::string& action, const std::string& path,
                     const std::string& protocol, const std::string& more = "") {
    return fmt::format(
        R"({{"ip":"10.9.9.9","action":"{}","path":"{}","protocol":"{}","id":"c1"{}{}}})", action,
        path, protocol, more.empty() ? "" : ",", more);
}

std::string password(const std::string& value) {
    return R"("password":")" + value + '"';
}

std::string shown(const Reply& reply) {
    return reply.response.body;
}

bool holds(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("a publisher at a wrong path is found by its key, with the right path") {
    ProtectedApplication server;
    NewStreamKey input;
    input.broadcaster_id = server.test.broadcaster("Team North").id;
    input.label = "Drone 7";
    input.playback_path = "live/drone7";
    const auto key = server.test->create_stream_key(input, server.test.caller).value();
    const std::string asked = question(
        "publish", "live/x", "rtmp", password(key.value.reveal()) + R"(,"userAgent":"Larix/1.0")");
    for (int i = 0; i < 3; ++i) {
        CHECK(server.ask(TestApplication::make_request("POST", "/auth", asked)).status() == 401);
    }
    const auto found = server.call("GET", "/refusals?stream_key_id=" + key.key.id.to_string());
    REQUIRE(found.status() == 200);
    REQUIRE(found.json["count"].GetInt() == 1);
    const auto& item = found.json["refusals"][0];
    const auto text = [&](const char* name) { return std::string(item[name].GetString()); };
    CHECK(text("action") == "publish");
    CHECK(text("reason") == "wrong_path");
    CHECK(text("explanation") ==
          "The key is valid, but the path is not its own: publish to live/drone7.");
    CHECK(text("path") == "live/x");
    CHECK(text("protocol") == "rtmp");
    CHECK(text("address") == "10.9.9.9");
    CHECK(text("network") == "10.9.9.9");
    CHECK(text("user_agent") == "Larix/1.0");
    CHECK(text("stream_key_id") == key.key.id.to_string());
    CHECK(text("key_label") == "Drone 7");
    CHECK(text("playback_path") == "live/drone7");
    CHECK(text("broadcaster_name") == "Team North");
    CHECK(item["times"].GetInt() == 3);
    // The first is logged, the next ones are not: they repeat it.
    const std::string log = server.logger.text();
    CHECK(holds(log, "publisher refused reason=wrong_path"));
    CHECK(holds(log, "key_label=Drone 7 playback_path=live/drone7"));
    CHECK(log.find("publisher refused") == log.rfind("publisher refused"));
    CHECK_FALSE(holds(log + shown(found), key.value.reveal()));
}

TEST_CASE("a missing credential is logged and listed with path and protocol, RTSP's alone is not") {
    TestApplication server;
    for (const char* protocol : {"rtmp", "srt", "webrtc", "rtsp"}) {
        CHECK(server.media("/auth", question("publish", "live/a", protocol)).status() == 401);
    }
    const auto found = server.call("GET", "/refusals?reason=no_credential");
    CHECK(found.json["count"].GetInt() == 3);
    CHECK_FALSE(holds(shown(found), R"("protocol":"rtsp")"));
    const std::string log = server.logger.text();
    for (const char* protocol : {"rtmp", "srt", "webrtc"}) {
        CHECK(holds(log,
                    fmt::format("reason=no_credential action= path=live/a protocol={}", protocol)));
    }
    CHECK_FALSE(holds(log, "protocol=rtsp"));
    // The second question has no credential either.
    server.media("/auth", question("publish", "live/a", "rtsp"));
    CHECK(holds(shown(server.call("GET", "/refusals")), R"("protocol":"rtsp")"));
    CHECK(holds(server.logger.text(), "path=live/a protocol=rtsp"));
}

TEST_CASE("an RTSP publisher that is accepted with its second question was not refused") {
    TestApplication server;
    const auto key = server.test.key();
    CHECK(server.media("/auth", question("publish", "live/drone1", "rtsp")).status() == 401);
    CHECK(server
              .media("/auth",
                     question("publish", "live/drone1", "rtsp", password(key.value.reveal())))
              .status() == 200);
    server.test.clock.advance(std::chrono::minutes(1));
    server.test->tick();
    CHECK(server.call("GET", "/refusals").json["count"].GetInt() == 0);
}

TEST_CASE("who reads a path that is a key is listed as a reader, without the key") {
    TestApplication server;
    const std::string secret = "sk_" + kTail;
    for (const std::string& path : {secret, "live/" + secret}) {
        CHECK(server.media("/auth", question("read", path, "hls")).status() == 401);
        server.test.clock.advance(std::chrono::seconds(1));
    }
    const auto found = server.call("GET", "/refusals?reason=secret_path");
    REQUIRE(found.json["count"].GetInt() == 2);
    CHECK(std::string(found.json["refusals"][0]["action"].GetString()) == "read");
    CHECK(std::string(found.json["refusals"][0]["path"].GetString()) == "live/sk_***");
    CHECK(holds(server.logger.text(),
                "caller refused reason=secret_path action=read path=live/sk_***"));
    CHECK_FALSE(holds(server.logger.text() + shown(found), "AbCdEfGh"));
}

TEST_CASE("no key value and no near miss is in the list, the log, or a problem about a filter") {
    TestApplication server;
    const std::string near = "sk_" + kTail.substr(0, 42);
    for (const std::string& secret : {"sk_" + kTail, near, kTail}) {
        server.media("/auth", fmt::format(R"({{"ip":"{0}","action":"publish","path":"live/{0}",)"
                                          R"("protocol":"rtmp","id":"c1","userAgent":"{0}",)"
                                          R"("query":"pass={0}"}})",
                                          secret));
        server.media("/auth/" + secret, question("publish", "live/a", "rtmp", password(secret)));
        const auto filtered = server.call("GET", "/refusals?path=live/" + secret);
        CHECK(filtered.status() == 200);
        CHECK_FALSE(holds(shown(server.call("GET", "/refusals?reason=" + secret)), "AbCdEfGh"));
    }
    const auto found = server.call("GET", "/refusals");
    CHECK(found.json["count"].GetInt() > 0);
    CHECK_FALSE(holds(shown(found) + server.logger.text(), "AbCdEfGh"));
}

TEST_CASE("too many guesses and a database that does not answer are reasons of their own") {
    ProtectedApplication server(with_limits(0, 1, 0));
    server.publish(some_key(1));
    server.publish(some_key(2));
    CHECK(server.call("GET", "/refusals?reason=too_many_guesses").json["count"].GetInt() == 1);

    ProtectedApplication other;
    const auto key = other.test.key("live/a");
    other.faults->fail_method("claim");
    other.faults->fail_method("claim_all");
    CHECK(other.publish(key.value.reveal()).status() == 503);
    const auto found = other.call("GET", "/refusals");
    REQUIRE(found.json["count"].GetInt() == 1);
    CHECK(std::string(found.json["refusals"][0]["reason"].GetString()) == "no_decision");
}

TEST_CASE("refusals are filtered, and a wrong filter is refused by its name") {
    TestApplication server;
    server.media("/auth", question("publish", "live/a", "rtmp"));
    server.test.clock.advance(std::chrono::seconds(10));
    server.media("/auth", R"({"ip":"2001:db8::1","action":"publish","path":"live/b",)"
                          R"("protocol":"srt","id":"c2"})");
    const auto count = [&](const std::string& filter) {
        const auto reply = server.call("GET", "/refusals?" + filter);
        CHECK(reply.status() == 200);
        return reply.json["count"].GetInt();
    };
    CHECK(count("address=10.9.9.9") == 1);
    CHECK(count("address=2001:db8::ffff") == 1);
    CHECK(count("address=2001:db8::%2F64") == 1);
    CHECK(count("address=10.9.9.8") == 0);
    CHECK(count("path=live/b") == 1);
    CHECK(count("reason=no_credential") == 2);
    CHECK(count("limit=1") == 1);
    CHECK(count("since=" + format_rfc3339(server.test->now())) == 1);
    for (const auto& [query, member] :
         std::vector<std::pair<std::string, std::string>>{{"address=drone", "address"},
                                                          {"address=2001:db8::/32", "address"},
                                                          {"reason=because", "reason"},
                                                          {"stream_key_id=7", "stream_key_id"},
                                                          {"since=yesterday", "since"},
                                                          {"limit=0", "limit"},
                                                          {"limit=1001", "limit"},
                                                          {"key=x", "key"}}) {
        CAPTURE(query);
        const auto reply = server.call("GET", "/refusals?" + query);
        CHECK(reply.status() == 400);
        CHECK(holds(reply.wrong_members(), member));
    }
    CHECK(server.send(TestApplication::make_request("GET", "/refusals")).status() == 401);
}

TEST_CASE("a flood of refusals from many addresses leaves a bounded list") {
    ProtectedApplication server;
    constexpr int kFlood = 20'000;
    for (int i = 0; i < kFlood; ++i) {
        const auto body = fmt::format(
            R"({{"ip":"10.{}.{}.{}","action":"publish","path":"live/{}","protocol":"rtmp",)"
            R"("id":"c{}"}})",
            i / 65'536, i / 256 % 256, i % 256, i, i);
        REQUIRE(server.ask(TestApplication::make_request("POST", "/auth", body)).status() == 401);
    }
    // Nothing was written meanwhile, so only what fits into memory is left.
    const auto found = server.call("GET", "/refusals?limit=1000");
    CHECK(found.json["count"].GetInt() == 512);
    CHECK(server.faults->calls("add_refused_attempts") <= 4);
}

}  // namespace refused_attempts_server_test
