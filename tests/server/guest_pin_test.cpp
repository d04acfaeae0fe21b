// The PIN of a guest link: who gives it sees the streams, and nobody finds it by trying.

#include "guest.hpp"

namespace rescuestream::server::testing {

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

}  // namespace rescuestream::server::testing
