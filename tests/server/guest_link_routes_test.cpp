// The routes by which guest links are made, listed and changed.

#include "guest.hpp"

namespace rescuestream::server::testing {

TEST_CASE("wrong input for a guest link is refused by name, and no list shows an address") {
    Guest guest;
    const auto wrong = [&](const std::string& body) {
        const Reply reply = guest.server.call("POST", "/guest-links", body);
        CHECK(reply.status() == 400);
        return reply.wrong_members();
    };
    const std::string key = guest.key.key.id.to_string();
    const std::string no_one = "0197c2a0-6d4e-7c33-9d1e-2f4b8a6c0d11";
    CHECK(wrong("{}") == "/stream_key_ids /expires_at");
    CHECK(wrong(R"({"stream_key_ids":[")" + key + "\"]}") == "/expires_at");
    const std::string good =
        R"({"expires_at":"2999-01-01T00:00:00Z","stream_key_ids":[")" + key + "\"";
    CHECK(wrong(good + R"(],"pin":"12345"})") == "/pin");
    CHECK(wrong(good + R"(],"pin":"12345 "})") == "/pin");
    CHECK(wrong(good + R"(],"max_addresses":0})") == "/max_addresses");
    CHECK(wrong(good + R"(],"max_addresses":1001})") == "/max_addresses");
    CHECK(wrong(good + R"(],"max_viewers":0})") == "/max_viewers");
    CHECK(wrong(good + R"(],"max_viewers":10001})") == "/max_viewers");
    CHECK(wrong(good + ",\"" + no_one + "\"]}") == "/stream_key_ids/1");
    CHECK(wrong(good + R"(],"broadcaster_ids":[")" + no_one + "\"]}") == "/broadcaster_ids/0");
    CHECK(wrong(good + R"(],"incident_id":")" + no_one + "\"}") == "/incident_id");
    CHECK(wrong(good + R"(],"url":"x"})") == "/url");
    const auto path = guest.add_link();
    const auto code = path.substr(std::string("/watch/").size());
    CHECK_FALSE(has(guest.server.call("GET", "/guest-links").response.body, code));
    CHECK_FALSE(has(guest.server.call("GET", "/guest-links/" + guest.id).response.body, code));
    CHECK_FALSE(has(guest.server.call("GET", "/audit-logs").response.body, code));
}

TEST_CASE("a link is changed in place: its address stays, and a new PIN replaces the old one") {
    Guest guest;
    const auto path = guest.add_link(R"(,"pin":"204816")");
    const auto cookie = guest_header(guest.give_pin(path, "204816"), "Set-Cookie");
    const auto pass = cookie.substr(0, cookie.find(';'));
    CHECK(has(guest.get(path, {{"cookie", pass}}).body, "live/a"));
    const std::string place = "/guest-links/" + guest.id;
    const Reply changed = guest.server.call("PATCH", place, R"({"pin":"991199","label":"Press"})");
    CHECK(changed.status() == 200);
    CHECK(changed.text("label") == "Press");
    CHECK_FALSE(has(changed.response.body, "991199"));
    CHECK_FALSE(has(guest.get(path, {{"cookie", pass}}).body, "live/a"));
    CHECK(guest.give_pin(path, "204816").status == 401);
    CHECK(guest.give_pin(path, "991199").status == 303);
    CHECK(guest.server.call("PATCH", place, R"({"reset":["pin"]})").status() == 200);
    CHECK(has(guest.get(path).body, "<h1>Press</h1>"));
    const auto audit =
        guest.server.call("GET", "/audit-logs?action=update&resource_type=guest_link")
            .response.body;
    CHECK(has(audit, R"("changed":"label pin")"));
    CHECK_FALSE(has(audit, "991199"));
}

TEST_CASE("answers about a link name its paths that everybody can watch") {
    Guest guest;  // playback is public
    guest.add_link(R"(,"pin":"204816")");
    const std::string place = "/guest-links/" + guest.id;
    const std::string told = R"("public_paths":["live/a"])";
    CHECK(has(guest.server.call("GET", place).response.body, told));
    CHECK(has(guest.server.call("PATCH", place, R"({"label":"Press"})").response.body, told));
    CHECK_FALSE(has(guest.server.call("GET", "/guest-links").response.body, "public_paths"));
    guest.server.call("POST", place + "/close");
    CHECK_FALSE(has(guest.server.call("GET", place).response.body, "public_paths"));
    SignedGuest with_tokens;
    with_tokens.add_link(R"(,"pin":"204816")");
    CHECK_FALSE(has(with_tokens.server.call("GET", "/guest-links/" + with_tokens.id).response.body,
                    "public_paths"));
}

TEST_CASE("wrong changes of a link are refused by name and change nothing") {
    Guest guest;
    guest.add_link(R"(,"label":"Fire brigade")");
    const std::string place = "/guest-links/" + guest.id;
    const std::string before = guest.server.call("GET", place).response.body;
    const auto wrong = [&](const std::string& body) {
        const Reply reply = guest.server.call("PATCH", place, body);
        CHECK(reply.status() == 400);
        return reply.wrong_members();
    };
    const std::string no_one = "0197c2a0-6d4e-7c33-9d1e-2f4b8a6c0d11";
    CHECK(wrong(R"({"expires_at":"2001-01-01T00:00:00Z"})") == "/expires_at");
    CHECK(wrong(R"({"pin":"12345"})") == "/pin");
    CHECK(wrong(R"({"max_addresses":0})") == "/max_addresses");
    CHECK(wrong(R"({"max_viewers":0})") == "/max_viewers");
    CHECK(wrong(R"({"reset":["max_viewers"],"max_viewers":2})") == "/reset/0");
    CHECK(wrong(R"({"stream_key_ids":[]})") == "/stream_key_ids");
    CHECK(wrong(R"({"stream_key_ids":["x"]})") == "/stream_key_ids/0");
    CHECK(wrong(R"({"stream_key_ids":[")" + no_one + "\"]}") == "/stream_key_ids/0");
    CHECK(wrong(R"({"reset":["expires_at"]})") == "/reset");
    CHECK(wrong(R"({"reset":["label"]})") == "/reset/0");
    CHECK(wrong(R"({"reset":["pin"],"pin":"204816"})") == "/reset/0");
    CHECK(wrong(R"({"incident_id":")" + no_one + "\"}") == "/incident_id");
    CHECK(wrong(R"({"url":"x"})") == "/url");
    CHECK(guest.server.call("GET", place).response.body == before);
    CHECK(guest.server.call("PATCH", "/guest-links/" + no_one, "{}").status() == 404);
    guest.server.call("POST", place + "/close");
    CHECK(guest.server.call("PATCH", place, R"({"label":"Press"})").status() == 409);
}

TEST_CASE("an expired link opens again with a later end") {
    Guest guest;
    const auto path = guest.add_link();
    const std::string place = "/guest-links/" + guest.id;
    const auto in = [&](std::chrono::hours time) {
        return R"({"expires_at":")" + format_rfc3339(guest.server.test.clock.now() + time) + "\"}";
    };
    CHECK(guest.server.call("PATCH", place, in(std::chrono::hours(1))).status() == 200);
    guest.server.test.clock.advance(std::chrono::hours(1));
    CHECK(guest.get(path).status == 404);
    CHECK(guest.server.call("PATCH", place, in(std::chrono::hours(1))).text("status") == "open");
    CHECK(guest.get(path).status == 200);
}

TEST_CASE("guest links are listed a hundred at a time unless the caller says another number") {
    Guest guest;
    for (int i = 0; i < 101; ++i) {
        guest.server.test.clock.advance(std::chrono::seconds(1));
        guest.add_link(fmt::format(R"(,"label":"{}")", i % 100));
    }
    auto& server = guest.server;
    const Reply first = server.call("GET", "/guest-links");
    CHECK(first.json["count"].GetInt() == 100);
    const Reply last = server.call("GET", "/guest-links?cursor=" + first.text("next_cursor"));
    CHECK(last.json["count"].GetInt() == 1);
    CHECK_FALSE(last.json.HasMember("next_cursor"));
    CHECK(server.call("GET", "/guest-links?limit=1000").json["count"].GetInt() == 101);
    CHECK(server.call("GET", "/guest-links?label=0").json["count"].GetInt() == 2);
    CHECK(server.call("POST", "/guest-links/" + guest.id + "/close").status() == 200);
    CHECK(server.call("GET", "/guest-links?label=0&status=open").json["count"].GetInt() == 1);
    CHECK(server.call("GET", "/guest-links?status=closed").json["count"].GetInt() == 1);
    CHECK(server.call("GET", "/guest-links?status=expired").wrong_members() == "/status");
}

}  // namespace rescuestream::server::testing
