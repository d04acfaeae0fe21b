// What a guest sees.

#include "guest_page.hpp"

#include "guest.hpp"

namespace rescuestream::server::testing {

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

}  // namespace rescuestream::server::testing
