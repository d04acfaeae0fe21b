#include <doctest/doctest.h>
#include <fmt/format.h>

#include "test_server.hpp"

namespace rescuestream::server::testing {
namespace {

constexpr const char* kUnknownId = "00000000-0000-7000-8000-000000000000";

std::string add_broadcaster(TestApplication& server, const std::string& name = "Team") {
    return server.call("POST", "/broadcasters", fmt::format(R"({{"display_name":"{}"}})", name))
        .text("id");
}

Reply add_key(TestApplication& server, const std::string& broadcaster,
              const std::string& more = "") {
    return server.call("POST", "/stream-keys",
                       fmt::format(R"({{"broadcaster_id":"{}"{}}})", broadcaster, more));
}

TEST_CASE("a broadcaster can be created, read, changed and deleted") {
    TestApplication server;
    const Reply created = server.call(
        "POST", "/broadcasters",
        R"({ "display_name" : "Zo\u00eb", "metadata" : { "b" : 1.50, "a" : [ 1e2 ] } })");
    REQUIRE(created.status() == 201);
    CHECK(created.response.content_type == "application/json; charset=utf-8");
    const std::string id = created.text("id");
    CHECK(created.header("Location") == "/broadcasters/" + id);
    CHECK(created.text("display_name") == "Zo\xC3\xAB");
    // Order and numbers are those that were written.
    CHECK(created.response.body.find(R"("metadata":{"b":1.50,"a":[1e2]})") != std::string::npos);
    CHECK(created.text("created_at") == "2026-01-17T10:00:00.000000Z");
    CHECK(server.call("GET", "/broadcasters/" + id).response.body == created.response.body);

    server.test.clock.advance(std::chrono::seconds(5));
    const Reply changed =
        server.call("PATCH", "/broadcasters/" + id, R"({"display_name":"B","metadata":null})");
    CHECK(changed.status() == 200);
    CHECK(changed.text("display_name") == "B");
    CHECK(changed.response.body.find(R"("metadata":{"b":1.50)") != std::string::npos);
    CHECK(changed.text("updated_at") == "2026-01-17T10:00:05.000000Z");
    CHECK(server.call("PATCH", "/broadcasters/" + id, R"({"metadata":{"x":1}})")
              .response.body.find(R"("metadata":{"x":1})") != std::string::npos);
    CHECK(server.call("PATCH", "/broadcasters/" + id, "{}").status() == 200);

    const Reply list = server.call("GET", "/broadcasters");
    CHECK(list.json["count"].GetInt() == 1);
    CHECK(list.json["broadcasters"].Size() == 1);

    const Reply deleted = server.call("DELETE", "/broadcasters/" + id);
    CHECK(deleted.status() == 204);
    CHECK(deleted.response.body.empty());
    CHECK(deleted.header("RescueStream-Cutoff") == "kicked=0, pending=0");
    CHECK(server.call("GET", "/broadcasters/" + id).status() == 404);
    CHECK(server.call("DELETE", "/broadcasters/" + id).status() == 404);
    CHECK(server.call("PATCH", "/broadcasters/" + id, "{}").status() == 404);
}

TEST_CASE("the value of a key is shown at its creation and never again") {
    TestApplication server;
    const std::string broadcaster = add_broadcaster(server);
    const Reply created = add_key(
        server, broadcaster,
        R"(,"label":"Drone","playback_path":"live/d1","expires_at":"2026-01-17T13:00:00+02:00",)"
        R"("on_duplicate":"takeover")");
    REQUIRE(created.status() == 201);
    const std::string id = created.text("id");
    CHECK(created.header("Location") == "/stream-keys/" + id);
    CHECK(created.header("Cache-Control") == "no-store");
    const std::string value = created.text("key_value");
    CHECK(looks_like_key_value(value));
    CHECK(created.text("status") == "active");
    CHECK(created.text("expires_at") == "2026-01-17T11:00:00.000000Z");
    CHECK(created.text("on_duplicate") == "takeover");
    CHECK(std::string(created.json["publish"]["obs"]["stream_key"].GetString()) ==
          "d1?pass=" + value);
    CHECK(std::string(created.json["playback"]["hls"].GetString()) ==
          "http://localhost:8888/live/d1/index.m3u8");

    const Reply shown = server.call("GET", "/stream-keys/" + id);
    CHECK(shown.status() == 200);
    CHECK(shown.response.body.find("sk_") == std::string::npos);
    const Reply list = server.call("GET", "/stream-keys");
    CHECK(list.json["stream_keys"].Size() == 1);
    CHECK(list.response.body.find("sk_") == std::string::npos);
    CHECK(server.call("GET", "/audit-logs").response.body.find("sk_") == std::string::npos);
    CHECK(server.logger.text().find("sk_") == std::string::npos);

    server.test.clock.advance(std::chrono::hours(2));
    CHECK(server.call("GET", "/stream-keys/" + id).text("status") == "expired");
}

TEST_CASE("revoking answers 204 with the number of cut-offs, and again when repeated") {
    TestApplication server;
    const auto key = server.test.key("live/a");
    REQUIRE(server.test.publish(key, "c1"));
    const std::string target = "/stream-keys/" + key.key.id.to_string();
    const Reply revoked = server.call("DELETE", target);
    CHECK(revoked.status() == 204);
    CHECK(revoked.response.body.empty());
    CHECK(revoked.header("RescueStream-Cutoff") == "kicked=1, pending=0");
    CHECK(server.call("DELETE", target).header("RescueStream-Cutoff") == "kicked=0, pending=0");
    CHECK(server.call("GET", target).text("status") == "revoked");
    CHECK(server.test.live().empty());
}

TEST_CASE(
    "revoking by POST answers in JSON, and a cut-off is pending while the media server is down") {
    TestApplication server;
    const auto key = server.test.key("live/a");
    REQUIRE(server.test.publish(key, "c1"));
    server.test.media->set_down(true);
    const std::string target = "/stream-keys/" + key.key.id.to_string() + "/revoke";
    const Reply revoked = server.call("POST", target);
    CHECK(revoked.status() == 200);
    CHECK(std::string(revoked.json["stream_key"]["status"].GetString()) == "revoked");
    CHECK(revoked.json["cutoff"]["kicked"].GetInt() == 0);
    CHECK(revoked.json["cutoff"]["pending"].GetInt() == 1);
    CHECK(server.call("POST", target, "{}").status() == 200);
    CHECK(server.call("POST", target, R"({"x":1})").wrong_members() == "/x");
}

TEST_CASE("a broadcaster with a live stream is deleted only by force, which the error says") {
    TestApplication server;
    const auto key = server.test.key("live/a");
    REQUIRE(server.test.publish(key, "c1"));
    const std::string target = "/broadcasters/" + key.key.broadcaster_id.to_string();
    const Reply refused = server.call("DELETE", target);
    CHECK(refused.status() == 409);
    CHECK(refused.text("type") == "/errors/conflict");
    CHECK(refused.text("detail").find("force=true") != std::string::npos);
    CHECK(server.call("DELETE", target + "?force=perhaps").wrong_members() == "/force");
    CHECK(server.test.live().size() == 1);
    const Reply forced = server.call("DELETE", target + "?force=true");
    CHECK(forced.status() == 204);
    CHECK(forced.header("RescueStream-Cutoff") == "kicked=1, pending=0");
    CHECK(server.test.live().empty());
    CHECK(server.call("GET", "/stream-keys").json["count"].GetInt() == 0);
}

TEST_CASE("a path that is taken is a conflict that names it") {
    TestApplication server;
    const std::string broadcaster = add_broadcaster(server);
    REQUIRE(add_key(server, broadcaster, R"(,"playback_path":"live/a")").status() == 201);
    const Reply second = add_key(server, broadcaster, R"(,"playback_path":"live/a")");
    CHECK(second.status() == 409);
    CHECK(second.wrong_members() == "/playback_path");
}

TEST_CASE("lists are complete without a limit, and can be paged by a cursor") {
    TestApplication server;
    std::vector<std::string> ids;
    for (int i = 0; i < 5; ++i) {
        ids.insert(ids.begin(), add_broadcaster(server, "Team " + std::to_string(i)));
        server.test.clock.advance(std::chrono::seconds(1));
    }
    const Reply whole = server.call("GET", "/broadcasters");
    CHECK(whole.json["count"].GetInt() == 5);
    CHECK_FALSE(whole.json.HasMember("next_cursor"));

    std::vector<std::string> paged;
    std::string cursor;
    do {
        const Reply page = server.call(
            "GET", "/broadcasters?limit=2" + (cursor.empty() ? "" : "&cursor=" + cursor));
        REQUIRE(page.status() == 200);
        for (const auto& item : page.json["broadcasters"].GetArray()) {
            paged.emplace_back(item["id"].GetString());
        }
        cursor = page.text("next_cursor");
    } while (!cursor.empty());
    CHECK(paged == ids);

    for (const char* query :
         {"limit=0", "limit=-10", "limit=NaN", "limit=1001", "limit=1.5", "limit=5&limit=6",
          "limit=%zz", "limit=%00", "limit=%ff", "limit=", "limit"}) {
        CAPTURE(query);
        const Reply bad = server.call("GET", std::string("/broadcasters?") + query);
        CHECK(bad.status() == 400);
        CHECK(bad.wrong_members() == "/limit");
    }
    CHECK(server.call("GET", "/stream-keys?cursor=abc&limit=x&broadcaster_id=y").wrong_members() ==
          "/broadcaster_id /limit /cursor");
}

TEST_CASE("keys can be listed for one broadcaster") {
    TestApplication server;
    const std::string first = add_broadcaster(server);
    const std::string second = add_broadcaster(server);
    REQUIRE(add_key(server, first).status() == 201);
    REQUIRE(add_key(server, second).status() == 201);
    CHECK(server.call("GET", "/stream-keys").json["count"].GetInt() == 2);
    CHECK(server.call("GET", "/stream-keys?broadcaster_id=" + first).json["count"].GetInt() == 1);
}

TEST_CASE("a malformed id is 400 and names it, an unknown one 404") {
    TestApplication server;
    for (const char* target : {"/broadcasters/", "/stream-keys/", "/streams/"}) {
        CAPTURE(target);
        const Reply malformed = server.call("GET", std::string(target) + "17");
        CHECK(malformed.status() == 400);
        CHECK(malformed.wrong_members() == "/id");
        CHECK(server.call("GET", std::string(target) + kUnknownId).status() == 404);
    }
    CHECK(server.call("DELETE", "/stream-keys/x").status() == 400);
    CHECK(server.call("DELETE", std::string("/stream-keys/") + kUnknownId).status() == 404);
    CHECK(server.call("POST", std::string("/stream-keys/") + kUnknownId + "/revoke").status() ==
          404);
    for (const char* target :
         {"/stream-keys/{}/disable", "/stream-keys/{}/enable", "/stream-keys/{}/rotate",
          "/broadcasters/{}/disable", "/broadcasters/{}/enable", "/streams/{}/stop"}) {
        CAPTURE(target);
        CHECK(server.call("POST", fmt::format(fmt::runtime(target), kUnknownId)).status() == 404);
        CHECK(server.call("POST", fmt::format(fmt::runtime(target), "x")).wrong_members() == "/id");
    }
    CHECK(server.call("PATCH", std::string("/stream-keys/") + kUnknownId, "{}").status() == 404);
    CHECK(server.call("GET", std::string("/streams/") + kUnknownId + "/timeline").status() == 404);
    CHECK(server.call("GET", "/streams/x/timeline").status() == 400);
    const Reply reference = add_key(server, kUnknownId);
    CHECK(reference.status() == 400);
    CHECK(reference.wrong_members() == "/broadcaster_id");
}

}  // namespace
}  // namespace rescuestream::server::testing
