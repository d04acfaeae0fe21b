// Changes of existing keys and their owners.

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "test_server.hpp"

namespace rescuestream::server::testing {
namespace {

std::string target_of(const CreatedStreamKey& key, const std::string& verb = "") {
    return "/stream-keys/" + key.key.id.to_string() + verb;
}

// Returns the status that MediaMTX gets for a publisher with this value.
int ask(TestApplication& server, const std::string& value, const std::string& connection) {
    return server
        .media("/auth", fmt::format(R"({{"action":"publish","path":"live/a","protocol":"rtmp",)"
                                    R"("ip":"192.0.2.7","password":"{}","id":"{}"}})",
                                    value, connection))
        .status();
}

TEST_CASE("a change of a key changes only the members that are given") {
    TestApplication server;
    const auto key = server.test.key("live/a");
    const Reply changed = server.call(
        "PATCH", target_of(key),
        R"({"label":"Boat","expires_at":"2026-01-17T12:00:00+01:00","on_duplicate":"takeover",)"
        R"("reconnect_window":0,"stale_after":60,"max_session_duration":2592000})");
    REQUIRE(changed.status() == 200);
    CHECK(changed.text("label") == "Boat");
    CHECK(changed.text("expires_at") == "2026-01-17T11:00:00.000000Z");
    CHECK(changed.text("on_duplicate") == "takeover");
    CHECK(changed.json["reconnect_window"].GetInt() == 0);
    CHECK(changed.json["stale_after"].GetInt() == 60);
    CHECK(changed.json["max_session_duration"].GetInt() == 2'592'000);
    CHECK(changed.response.body.find("sk_") == std::string::npos);
    CHECK(server.call("GET", target_of(key)).response.body == changed.response.body);

    const Reply same = server.call("PATCH", target_of(key), R"({"label":null,"reset":null})");
    CHECK(same.response.body == changed.response.body);
    const Reply unnamed = server.call("PATCH", target_of(key), R"({"label":""})");
    CHECK(unnamed.text("label").empty());
    CHECK(unnamed.text("on_duplicate") == "takeover");
}

TEST_CASE("members of a key can be reset to the installation's values") {
    TestApplication server;
    const auto key = server.test.key("live/a");
    REQUIRE(server
                .call("PATCH", target_of(key),
                      R"({"expires_at":"2999-01-01T00:00:00Z","stale_after":7,)"
                      R"("reconnect_window":8,"max_session_duration":9,"on_duplicate":"reject"})")
                .status() == 200);
    const Reply some =
        server.call("PATCH", target_of(key), R"({"reset":["expires_at","stale_after"]})");
    REQUIRE(some.status() == 200);
    CHECK_FALSE(some.json.HasMember("expires_at"));
    CHECK_FALSE(some.json.HasMember("stale_after"));
    CHECK(some.json["reconnect_window"].GetInt() == 8);
    const Reply all = server.call(
        "PATCH", target_of(key),
        R"({"reset":["on_duplicate","reconnect_window","max_session_duration","stale_after"]})");
    REQUIRE(all.status() == 200);
    for (const char* name : {"on_duplicate", "reconnect_window", "max_session_duration"}) {
        CAPTURE(name);
        CHECK_FALSE(all.json.HasMember(name));
    }
}

TEST_CASE("a key can be created with limits of its own") {
    TestApplication server;
    const Reply created =
        server.call("POST", "/stream-keys",
                    fmt::format(R"({{"broadcaster_id":"{}","reconnect_window":1800,)"
                                R"("stale_after":1,"max_session_duration":1}})",
                                server.test.broadcaster().id.to_string()));
    REQUIRE(created.status() == 201);
    CHECK(created.json["reconnect_window"].GetInt() == 1'800);
    CHECK(created.json["stale_after"].GetInt() == 1);
    CHECK(created.json["max_session_duration"].GetInt() == 1);
}

TEST_CASE("all wrong members of a change are reported together, and nothing is changed") {
    TestApplication server;
    const auto key = server.test.key("live/a");
    const std::string before = server.call("GET", target_of(key)).response.body;
    CHECK(server
              .call("PATCH", target_of(key),
                    R"({"label":"a\nb","expires_at":"2020-01-01T00:00:00Z","on_duplicate":"x",)"
                    R"("reconnect_window":1801,"stale_after":0,"max_session_duration":2592001,)"
                    R"("reset":["label"],"playback_path":"live/b"})")
              .wrong_members() ==
          "/label /expires_at /on_duplicate /reconnect_window /stale_after /max_session_duration "
          "/reset/0 /playback_path");
    for (const char* value : {"-1", "1.5", "\"5\"", "1e2", "true", "[]", "9223372036854775808"}) {
        CAPTURE(value);
        CHECK(server.call("PATCH", target_of(key), fmt::format(R"({{"stale_after":{}}})", value))
                  .wrong_members() == "/stale_after");
    }
    const auto wrong_reset = [&](const char* value) {
        return server.call("PATCH", target_of(key), fmt::format(R"({{"reset":{}}})", value))
            .wrong_members();
    };
    CHECK(wrong_reset("\"expires_at\"") == "/reset");
    CHECK(wrong_reset("{}") == "/reset");
    CHECK(wrong_reset(R"([1,"expires_at","Expires_at",[]])") == "/reset/0 /reset/2 /reset/3");
    CHECK(server.call("PATCH", target_of(key), R"({"stale_after":5,"reset":["stale_after"]})")
              .wrong_members() == "/reset/0");
    CHECK(server.call("PATCH", target_of(key)).status() == 400);
    CHECK(server.call("GET", target_of(key)).response.body == before);
}

TEST_CASE("a disabled key refuses publishers until it is enabled again") {
    TestApplication server;
    const auto key = server.test.key("live/a");
    REQUIRE(server.test.publish(key, "c1"));
    const Reply disabled = server.call("POST", target_of(key, "/disable"));
    REQUIRE(disabled.status() == 200);
    CHECK(disabled.json["stream_key"]["disabled"].GetBool());
    CHECK(std::string(disabled.json["stream_key"]["status"].GetString()) == "active");
    CHECK(disabled.json["cutoff"]["kicked"].GetInt() == 1);
    CHECK(disabled.json["cutoff"]["pending"].GetInt() == 0);
    CHECK(server.test.live().empty());
    CHECK(ask(server, key.value.reveal(), "c2") == 401);
    const Reply again = server.call("POST", target_of(key, "/disable"), "{}");
    CHECK(again.json["cutoff"]["kicked"].GetInt() == 0);

    const Reply enabled = server.call("POST", target_of(key, "/enable"));
    REQUIRE(enabled.status() == 200);
    CHECK_FALSE(enabled.json["stream_key"]["disabled"].GetBool());
    CHECK(ask(server, key.value.reveal(), "c3") == 200);
    CHECK(server.call("POST", target_of(key, "/enable"), R"({"x":1})").wrong_members() == "/x");
}

TEST_CASE("disabling a broadcaster disables all of its keys") {
    TestApplication server;
    const auto key = server.test.key("live/a");
    REQUIRE(server.test.publish(key, "c1"));
    const std::string target = "/broadcasters/" + key.key.broadcaster_id.to_string();
    CHECK_FALSE(server.call("GET", target).json.HasMember("disabled"));
    const Reply disabled = server.call("POST", target + "/disable");
    REQUIRE(disabled.status() == 200);
    CHECK(disabled.json["broadcaster"]["disabled"].GetBool());
    CHECK(disabled.json["cutoff"]["kicked"].GetInt() == 1);
    CHECK(ask(server, key.value.reveal(), "c2") == 401);
    const Reply shown = server.call("GET", target_of(key));
    CHECK_FALSE(shown.json["disabled"].GetBool());
    CHECK(shown.json["broadcaster_disabled"].GetBool());

    const Reply enabled = server.call("POST", target + "/enable");
    REQUIRE(enabled.status() == 200);
    CHECK_FALSE(enabled.json["broadcaster"].HasMember("disabled"));
    CHECK(ask(server, key.value.reveal(), "c3") == 200);
}

TEST_CASE("a rotated key shows its new value once, and the old one is invalid at once") {
    TestApplication server;
    const auto key = server.test.key("live/a");
    REQUIRE(server.test.publish(key, "c1"));
    const Reply rotated = server.call("POST", target_of(key, "/rotate"));
    REQUIRE(rotated.status() == 200);
    CHECK(rotated.header("Cache-Control") == "no-store");
    const std::string value = rotated.text("key_value");
    CHECK(looks_like_key_value(value));
    CHECK_FALSE(key.value.equals(value));
    CHECK(rotated.text("id") == key.key.id.to_string());
    CHECK(std::string(rotated.json["publish"]["obs"]["stream_key"].GetString()) ==
          "a?pass=" + value);
    CHECK(rotated.json["cutoff"]["kicked"].GetInt() == 1);
    CHECK(ask(server, key.value.reveal(), "c2") == 401);
    CHECK(ask(server, value, "c3") == 200);
    CHECK(server.call("GET", target_of(key)).response.body.find("sk_") == std::string::npos);
    CHECK(server.call("GET", "/audit-logs").response.body.find("sk_") == std::string::npos);
    CHECK(server.logger.text().find("sk_") == std::string::npos);
}

TEST_CASE("with an overlap both values of a rotated key are valid until it ends") {
    TestApplication server;
    const auto key = server.test.key("live/a");
    const Reply rotated =
        server.call("POST", target_of(key, "/rotate"), R"({"overlap_seconds":600})");
    REQUIRE(rotated.status() == 200);
    CHECK(rotated.text("previous_value_expires_at") == "2026-01-17T10:10:00.000000Z");
    CHECK(rotated.json["cutoff"]["kicked"].GetInt() == 0);
    CHECK(ask(server, key.value.reveal(), "c1") == 200);
    server.test.clock.advance(std::chrono::minutes(10));
    CHECK(ask(server, key.value.reveal(), "c1") == 401);
    CHECK_FALSE(server.call("GET", target_of(key)).json.HasMember("previous_value_expires_at"));
    for (const char* seconds : {"-1", "604801", "1.5", "\"10m\""}) {
        CAPTURE(seconds);
        CHECK(server
                  .call("POST", target_of(key, "/rotate"),
                        fmt::format(R"({{"overlap_seconds":{}}})", seconds))
                  .wrong_members() == "/overlap_seconds");
    }
}

TEST_CASE("a revoked key cannot be changed") {
    TestApplication server;
    const auto key = server.test.key("live/a");
    REQUIRE(server.call("POST", target_of(key, "/revoke")).status() == 200);
    CHECK(server.call("PATCH", target_of(key), R"({"label":"x"})").status() == 409);
    for (const char* verb : {"/disable", "/enable", "/rotate"}) {
        CAPTURE(verb);
        const Reply refused = server.call("POST", target_of(key, verb));
        CHECK(refused.status() == 409);
        CHECK(refused.text("type") == "/errors/conflict");
    }
}

}  // namespace
}  // namespace rescuestream::server::testing
