// What a guest sees.

#include "guest_page.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "protected_application.hpp"

namespace rescuestream::server::testing {
namespace {

struct Guest {
    explicit Guest(Settings with = with_limits(0, 0, 0)) : server(std::move(with)) {}

    ProtectedApplication server;
    CreatedStreamKey key = server.test.key("live/a");

    /// Returns the path of the page of a new link.
    std::string add_link(const std::string& more = "") {
        const Reply created = server.call(
            "POST", "/guest-links",
            fmt::format(R"({{"stream_key_ids":["{}"],"expires_at":"2999-01-01T00:00:00Z"{}}})",
                        key.key.id.to_string(), more));
        REQUIRE(created.status() == 201);
        id = created.text("id");
        const std::string url = created.text("url");
        return url.substr(url.find("/watch/"));
    }
    HttpResponse get(const std::string& path, Headers headers = {}) {
        return send("GET", path, std::move(headers), "");
    }
    HttpResponse give_pin(const std::string& path, const std::string& pin, Headers headers = {}) {
        headers.emplace_back("content-type", "application/x-www-form-urlencoded");
        return send("POST", path, std::move(headers), "pin=" + pin);
    }
    HttpResponse send(const std::string& method, const std::string& path, Headers headers,
                      const std::string& body) {
        HttpRequest request;
        request.method = method;
        request.set_target(path);
        request.headers = std::move(headers);
        request.headers.emplace_back("host", "rescue.example");
        request.body = body;
        request.remote_address = address;
        return server.ask(std::move(request)).response;
    }

    std::string id;
    std::string address = "192.0.2.1";
};

/// A guest of a live stream that is watched only with a token.
struct SignedGuest : Guest {
    explicit SignedGuest(PlaybackPolicy of_others = PlaybackPolicy::kPublic)
        : Guest(with_secret(of_others)) {
        CHECK(server
                  .call("PATCH", "/stream-keys/" + key.key.id.to_string(),
                        R"({"playback_policy":"signed"})")
                  .status() == 200);
        REQUIRE(server.test.publish(key, "c1"));
    }

    static Settings with_secret(PlaybackPolicy of_others) {
        Settings with = with_limits(0, 0, 0);
        with.orchestrator.playback_policy = of_others;
        with.orchestrator.control_secret = Secret("a secret of this installation");
        return with;
    }
    /// The token in the address of the page's frame.
    static std::string token_in(const HttpResponse& page) {
        const std::string before = "<iframe src=\"http://localhost:8889/live/a/?";
        const auto at = page.body.find(before);
        REQUIRE(at != std::string::npos);
        const auto begin = page.body.find('=', at + before.size()) + 1;
        return page.body.substr(begin, page.body.find_first_of("\"&", begin) - begin);
    }
    int read(const std::string& path, const std::string& token, const std::string& session = "r1") {
        return server
            .ask(TestApplication::make_request(
                "POST", "/auth",
                fmt::format(R"({{"action":"read","path":"{}","protocol":"webrtc","id":"{}",)"
                            R"("ip":"192.0.2.1","query":"token={}"}})",
                            path, session, token)))
            .status();
    }
};

std::string guest_header(const HttpResponse& response, std::string_view name) {
    std::string found;
    for (const auto& [each, value] : response.headers) {
        if (each == name) found += (found.empty() ? "" : ", ") + value;
    }
    return found;
}

bool has(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("a guest sees what is on air in a frame, and what is not, without a script") {
    Guest guest;
    const auto path = guest.add_link(R"(,"label":"Fire <b>\"brigade\"</b>")");
    CHECK(path.size() == std::string("/watch/").size() + 22);
    CHECK(has(guest.get(path).body, "Not live at the moment."));
    REQUIRE(guest.server.test.publish(guest.key, "c1"));
    const auto page = guest.get(path);
    CHECK(page.status == 200);
    CHECK(page.content_type == "text/html; charset=utf-8");
    CHECK(has(page.body, "<h1>Fire &lt;b&gt;&quot;brigade&quot;&lt;/b&gt;</h1>"));
    CHECK(has(page.body, "<iframe src=\"http://localhost:8889/live/a/\""));
    CHECK(has(page.body, "<code>http://localhost:8888/live/a/index.m3u8</code>"));
    CHECK_FALSE(has(page.body, "<script"));
    CHECK_FALSE(has(page.body, guest.key.value.reveal()));
}

TEST_CASE(
    "the page of a guest permits frames of the media server, its own style and nothing else") {
    Guest guest;
    REQUIRE(guest.server.test.publish(guest.key, "c1"));
    const auto page = guest.get(guest.add_link());
    const auto policy = guest_header(page, "Content-Security-Policy");
    CHECK(has(policy, "default-src 'none'; style-src 'sha256-"));
    CHECK(has(policy,
              "; frame-src http://localhost:8889; form-action 'self'; base-uri 'none'; "
              "frame-ancestors 'none'"));
    CHECK_FALSE(has(policy, ", "));
    CHECK(guest_header(page, "Cache-Control") == "no-store");
    CHECK(guest_header(page, "Referrer-Policy") == "no-referrer");
    CHECK(guest_header(page, "X-Content-Type-Options") == "nosniff");
}

TEST_CASE("unknown, closed and expired codes look alike") {
    Guest guest;
    const auto closed = guest.add_link();
    CHECK(guest.server.call("POST", "/guest-links/" + guest.id + "/close").text("status") ==
          "closed");
    const auto incident = guest.server.call("POST", "/incidents", R"({"name":"Lake"})").text("id");
    const auto of_incident = guest.add_link(R"(,"incident_id":")" + incident + "\"");
    CHECK(guest.get(of_incident).status == 200);
    guest.server.call("POST", "/incidents/" + incident + "/close");
    const auto unknown = guest.get("/watch/AAAAAAAAAAAAAAAAAAAAAA");
    CHECK(unknown.status == 404);
    for (const auto& path : {closed, of_incident, std::string("/watch/x"),
                             std::string("/watch/%27%22"), closed + "A"}) {
        CAPTURE(path);
        CHECK(guest.get(path).body == unknown.body);
        CHECK(guest.get(path).status == 404);
        CHECK(guest.give_pin(path, "123456").body == unknown.body);
    }
}

TEST_CASE("a link expires") {
    Guest guest;
    const Reply created = guest.server.call(
        "POST", "/guest-links",
        fmt::format(R"({{"stream_key_ids":["{}"],"expires_at":"{}"}})",
                    guest.key.key.id.to_string(),
                    format_rfc3339(guest.server.test.clock.now() + std::chrono::hours(1))));
    const std::string url = created.text("url");
    const auto path = url.substr(url.find("/watch/"));
    CHECK(guest.get(path).status == 200);
    guest.server.test.clock.advance(std::chrono::hours(1));
    CHECK(guest.get(path).status == 404);
    CHECK(guest.server.call("GET", "/guest-links/" + created.text("id")).text("status") ==
          "expired");
}

TEST_CASE("with a PIN the streams are shown to whoever has given it, by a cookie of this link") {
    Guest guest;
    REQUIRE(guest.server.test.publish(guest.key, "c1"));
    const auto path = guest.add_link(R"(,"pin":"204816")");
    const auto asked = guest.get(path);
    CHECK(asked.status == 200);
    CHECK(has(asked.body, "<form method=\"post\">"));
    CHECK_FALSE(has(asked.body, "<iframe"));
    CHECK(guest.give_pin(path, "204817").status == 401);
    CHECK(guest.give_pin(path, "").status == 400);

    const auto right = guest.give_pin(path, "204816");
    CHECK(right.status == 303);
    CHECK(guest_header(right, "Location") == path);
    const auto cookie = guest_header(right, "Set-Cookie");
    CHECK(has(cookie, "; Path=" + path + "; "));
    CHECK(has(cookie, "; HttpOnly; SameSite=Strict"));
    const auto pass = cookie.substr(0, cookie.find(';'));
    CHECK(has(guest.get(path, {{"cookie", pass}}).body, "<iframe"));
    CHECK(has(guest.get(path, {{"cookie", "a=b; " + pass + "; c=d"}}).body, "<iframe"));
    // The cookie of another link, a changed one, or two of them are none.
    const auto other = guest.add_link(R"(,"pin":"204816")");
    CHECK_FALSE(has(guest.get(other, {{"cookie", pass}}).body, "<iframe"));
    CHECK_FALSE(has(guest.get(path, {{"cookie", pass + "0"}}).body, "<iframe"));
    CHECK_FALSE(has(guest.get(path, {{"cookie", pass + "; " + pass}}).body, "<iframe"));
    guest.server.test.clock.advance(std::chrono::hours(12));
    CHECK_FALSE(has(guest.get(path, {{"cookie", pass}}).body, "<iframe"));
}

TEST_CASE("a PIN is not taken from the form of another site, nor as JSON") {
    Guest guest;
    const auto path = guest.add_link(R"(,"pin":"204816")");
    CHECK(guest.give_pin(path, "204816", {{"origin", "https://evil.example"}}).status == 403);
    CHECK(guest.give_pin(path, "204816", {{"sec-fetch-site", "cross-site"}}).status == 403);
    CHECK(guest.give_pin(path, "204816", {{"origin", "null"}}).status == 403);
    CHECK(guest.give_pin(path, "204816", {{"origin", "http://localhost:80"}}).status == 403);
    CHECK(guest.give_pin(path, "204816", {{"origin", "https://rescue.example"}}).status == 303);
    // The public address, whatever host a proxy has put into the request.
    CHECK(guest.give_pin(path, "204816", {{"origin", "http://localhost:8080"}}).status == 303);
    // With "no-referrer", a browser would tell no origin of the form.
    CHECK(guest_header(guest.get(path), "Referrer-Policy") == "same-origin");
    const auto as_json =
        guest.send("POST", path, {{"content-type", "application/json"}}, R"({"pin":"204816"})");
    CHECK(as_json.status == 415);
    CHECK(has(as_json.body, R"("instance":"/watch/***")"));
}

TEST_CASE("PINs of a link cannot be tried without end, neither from one place nor from many") {
    Guest guest;
    const auto path = guest.add_link(R"(,"pin":"204816")");
    int refused = 0;
    for (int i = 0; i < 12; ++i) {
        const auto reply = guest.give_pin(path, std::to_string(100'000 + i));
        CHECK((reply.status == 401 || reply.status == 429));
        refused += reply.status == 429 ? 1 : 0;
    }
    CHECK(refused >= 1);
    int from_many = 0;
    for (int i = 0; i < 30; ++i) {
        guest.address = "198.51.100." + std::to_string(i);
        from_many += guest.give_pin(path, std::to_string(300'000 + i)).status == 429 ? 1 : 0;
    }
    CHECK(from_many >= 15);
    const auto last = guest.give_pin(path, "204816");
    CHECK(last.status == 429);
    CHECK_FALSE(guest_header(last, "Retry-After").empty());
}

TEST_CASE("who shares an address with a guest cannot try PINs without end either") {
    Guest guest;
    const auto path = guest.add_link(R"(,"pin":"204816")");
    CHECK(guest.give_pin(path, "204816").status == 303);
    int checked = 0;
    for (int i = 0; i < 15; ++i) {
        checked += guest.give_pin(path, std::to_string(100'000 + i)).status == 401 ? 1 : 0;
    }
    CHECK(checked <= 10);
    CHECK(guest.give_pin(path, "204816").status == 429);
}

TEST_CASE("a link for two addresses is not shown at a third") {
    Guest guest;
    const auto path = guest.add_link(R"(,"max_addresses":2)");
    CHECK(guest.get(path).status == 200);
    guest.address = "192.0.2.2";
    CHECK(guest.get(path).status == 200);
    guest.address = "192.0.2.3";
    CHECK(guest.get(path).status == 403);
    guest.address = "192.0.2.1";
    CHECK(guest.get(path).status == 200);
}

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

TEST_CASE("a player of a signed stream gets a token, which ends with the link") {
    SignedGuest guest;
    const auto path = guest.add_link();
    const auto token = guest.token_in(guest.get(path));
    CHECK(guest.read("live/a", "") == 401);
    CHECK(guest.read("live/a", token) == 200);
    guest.server.call("POST", "/guest-links/" + guest.id + "/close");
    CHECK(guest.read("live/a", token) == 401);
    CHECK(guest.get(path).status == 404);
    // Nor does any other link give the right back.
    guest.add_link();
    CHECK(guest.read("live/a", token) == 401);
}

TEST_CASE("the token of a guest's player opens its path and nothing that looks like it") {
    SignedGuest guest(PlaybackPolicy::kSigned);
    for (const char* other : {"live/a0", "live/a/x", "live/b"}) {
        const auto key = guest.server.test.key(other);
        CHECK(guest.server
                  .call("PATCH", "/stream-keys/" + key.key.id.to_string(),
                        R"({"playback_policy":"signed"})")
                  .status() == 200);
    }
    const auto token = guest.token_in(guest.get(guest.add_link()));
    CHECK(guest.read("live/a", token) == 200);
    for (const char* path :
         {"live/a0", "live/a/x", "live/b", "live/a/", "/live/a", "live//a", "live/./a",
          "live/x/../a", "live%2fa", "live/a%00", "live/a ", "live", "live/", ".", ".."}) {
        CAPTURE(path);
        CHECK(guest.read(path, token) == 401);
    }
}

TEST_CASE("a change of a link that takes a right away ends the tokens that it gave before") {
    SignedGuest guest;
    const auto path = guest.add_link();
    const auto patch = [&](const std::string& body) {
        CHECK(guest.server.call("PATCH", "/guest-links/" + guest.id, body).status() == 200);
    };
    const auto other = guest.server.test.key("live/b");
    std::string change;
    SUBCASE("another PIN") {
        change = R"({"pin":"204816"})";
    }
    SUBCASE("other streams") {
        change = R"({"stream_key_ids":[")" + other.key.id.to_string() + "\"]}";
    }
    SUBCASE("an earlier end") {
        change = R"({"expires_at":"2998-01-01T00:00:00Z"})";
    }
    SUBCASE("fewer viewers") {
        change = R"({"max_viewers":1})";
    }
    auto token = guest.token_in(guest.get(path));
    patch(R"({"label":"Press"})");
    patch(R"({"max_addresses":9})");
    CHECK(guest.read("live/a", token) == 200);
    patch(change);
    CHECK(guest.read("live/a", token) == 401);
    // Whoever still has the right gets a new token.
    guest.server.test.clock.advance(std::chrono::seconds(1));
    patch(R"({"reset":["pin"],"stream_key_ids":[")" + guest.key.key.id.to_string() + "\"]}");
    guest.server.test.clock.advance(std::chrono::seconds(1));
    token = guest.token_in(guest.get(path));
    CHECK(guest.read("live/a", token) == 200);
}

TEST_CASE("so many players show signed streams by a link at once as it permits") {
    SignedGuest guest;
    const auto path = guest.add_link(R"(,"max_viewers":2)");
    const auto one = guest.token_in(guest.get(path));
    const auto other = guest.token_in(guest.get(path));
    CHECK(guest.read("live/a", one, "r1") == 200);
    CHECK(guest.read("live/a", other, "r2") == 200);
    CHECK(guest.read("live/a", other, "r3") == 401);
    CHECK(guest.read("live/a", one, "r3") == 401);
    const Reply changed =
        guest.server.call("PATCH", "/guest-links/" + guest.id, R"({"reset":["max_viewers"]})");
    CHECK(changed.status() == 200);
    CHECK_FALSE(has(changed.response.body, "max_viewers"));
    guest.server.test.clock.advance(std::chrono::seconds(1));
    CHECK(guest.read("live/a", guest.token_in(guest.get(path)), "r4") == 200);
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

TEST_CASE("wrong PINs are recorded with the link, in a bounded number and without the PIN") {
    Guest guest;
    const auto path = guest.add_link(R"(,"pin":"204816")");
    for (int i = 0; i < 12; ++i) guest.give_pin(path, std::to_string(777'000 + i));
    guest.server.test->tick();
    const Reply log = guest.server.call("GET", "/audit-logs?action=refuse");
    const int entries = log.json["pagination"]["total"].GetInt();
    CHECK(entries >= 1);
    CHECK(entries <= 2);
    // Each of them counts as a refused attempt.
    const Reply refusals = guest.server.call("GET", "/refusals?reason=wrong_pin");
    REQUIRE(refusals.json["refusals"].Size() == 1);
    CHECK(refusals.json["refusals"][0]["path"].GetString() == "watch/" + guest.id);
    CHECK(refusals.json["refusals"][0]["times"].GetInt() >= 2);
    CHECK_FALSE(has(refusals.response.body, "777000"));
    CHECK(has(log.response.body, guest.id));
    CHECK(has(log.response.body, R"("request_path":"/watch/***")"));
    CHECK_FALSE(has(log.response.body, path.substr(std::string("/watch/").size())));
    CHECK_FALSE(has(log.response.body, "777000"));
}

TEST_CASE("the pages without streams permit no frame, and none is cached or indexed") {
    Guest guest;
    const auto path = guest.add_link(R"(,"pin":"204816")");
    for (const auto& page :
         {guest.get(path), guest.give_pin(path, "1"), guest.get("/watch/AAAAAAAAAAAAAAAAAAAAAA")}) {
        CHECK(has(guest_header(page, "Content-Security-Policy"), "; frame-src 'none'; "));
        CHECK(has(guest_header(page, "Content-Security-Policy"), "frame-ancestors 'none'"));
        CHECK(guest_header(page, "Cache-Control") == "no-store");
        CHECK(guest_header(page, "X-Robots-Tag") == "noindex, nofollow");
        CHECK(guest_header(page, "X-Content-Type-Options") == "nosniff");
        CHECK_FALSE(has(page.body, "<script"));
    }
}

TEST_CASE("the page reloads itself while nothing is live, and does not interrupt a player") {
    Guest guest;
    const auto path = guest.add_link();
    CHECK(has(guest.get(path).body, "<meta http-equiv=\"refresh\" content=\"20\">"));
    REQUIRE(guest.server.test.publish(guest.key, "c1"));
    CHECK_FALSE(has(guest.get(path).body, "http-equiv"));
}

TEST_CASE("texts are escaped for HTML") {
    CHECK(escape_html("<a href=\"x\">'&'</a>") ==
          "&lt;a href=&quot;x&quot;&gt;&#39;&amp;&#39;&lt;/a&gt;");
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
