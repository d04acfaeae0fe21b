#include <doctest/doctest.h>
#include <fmt/format.h>

#include <latch>
#include <thread>

#include "kept_answer.hpp"
#include "kept_answers_quota.hpp"
#include "test_server.hpp"

namespace rescuestream::server::testing {
namespace {

HttpRequest repeatable(const std::string& target, const std::string& key, std::string body) {
    HttpRequest request = TestApplication::make_request("POST", target, std::move(body));
    request.headers.emplace_back("x-api-key", kSecret);
    request.headers.emplace_back("idempotency-key", key);
    return request;
}

Reply repeat(TestApplication& server, const std::string& target, const std::string& key,
             std::string body = "") {
    return server.send(repeatable(target, key, std::move(body)));
}

std::string add_broadcaster(TestApplication& server) {
    return server.call("POST", "/broadcasters", R"({"display_name":"Team"})").text("id");
}

int count_of(TestApplication& server, const std::string& list) {
    return server.call("GET", list).json["count"].GetInt();
}

void check_replay(const Reply& repeated, const Reply& first) {
    CHECK(repeated.status() == first.status());
    CHECK(repeated.response.body == first.response.body);
    CHECK(repeated.response.content_type == first.response.content_type);
    for (const char* header : {"Location", "ETag", "RescueStream-Cutoff", "Cache-Control"}) {
        CHECK(repeated.header(header) == first.header(header));
    }
    CHECK(repeated.header("Idempotency-Replayed") == "true");
    CHECK(first.header("Idempotency-Replayed").empty());
}

TEST_CASE(
    "a repeated request gets the answer of the first one with its headers, and changes nothing") {
    TestApplication server;
    const std::string owner = add_broadcaster(server);
    const Reply key =
        repeat(server, "/stream-keys", "k", fmt::format(R"({{"broadcaster_id":"{}"}})", owner));
    REQUIRE(key.status() == 201);
    check_replay(
        repeat(server, "/stream-keys", "k", fmt::format(R"({{"broadcaster_id":"{}"}})", owner)),
        key);
    CHECK(repeat(server, "/stream-keys", "k", fmt::format(R"({{"broadcaster_id":"{}"}})", owner))
              .text("key_value") == key.text("key_value"));
    CHECK(count_of(server, "/stream-keys") == 1);

    const std::string team = R"({"display_name":"B"})";
    const Reply broadcaster = repeat(server, "/broadcasters", "k", team);
    REQUIRE(broadcaster.status() == 201);
    check_replay(repeat(server, "/broadcasters", "k", team), broadcaster);
    CHECK(count_of(server, "/broadcasters") == 2);

    const std::string south = R"({"name":"south","api_url":"http://10.0.0.2:9997"})";
    const Reply node = repeat(server, "/nodes", "k", south);
    REQUIRE(node.status() == 201);
    check_replay(repeat(server, "/nodes", "k", south), node);

    const std::string rotate = "/stream-keys/" + key.text("id") + "/rotate";
    const Reply rotated = repeat(server, rotate, "k");
    REQUIRE(rotated.status() == 200);
    check_replay(repeat(server, rotate, "k"), rotated);
    CHECK(rotated.text("key_value") != key.text("key_value"));

    const int entries = server.call("GET", "/audit-logs").json["pagination"]["total"].GetInt();
    const Reply event = repeat(server, "/audit-events", "k", R"({"event_type":"login"})");
    REQUIRE(event.status() == 201);
    check_replay(repeat(server, "/audit-events", "k", R"({"event_type":"login"})"), event);
    CHECK(server.call("GET", "/audit-logs").json["pagination"]["total"].GetInt() == entries + 1);
}

TEST_CASE("an Idempotency-Key that another request has used is refused with 422") {
    TestApplication server;
    const std::string owner = add_broadcaster(server);
    REQUIRE(repeat(server, "/broadcasters", "k", R"({"display_name":"B"})").status() == 201);
    const Reply other = repeat(server, "/broadcasters", "k", R"({"display_name":"C"})");
    CHECK(other.status() == 422);
    CHECK(other.text("type") == "/errors/idempotency-key-reused");
    CHECK(count_of(server, "/broadcasters") == 2);

    const auto rotate = [&] {
        const std::string id =
            server.call("POST", "/stream-keys", fmt::format(R"({{"broadcaster_id":"{}"}})", owner))
                .text("id");
        return repeat(server, "/stream-keys/" + id + "/rotate", "k").status();
    };
    CHECK(rotate() == 200);
    CHECK(rotate() == 422);  // another key
}

TEST_CASE("the keys of two callers have nothing to do with each other") {
    TestApplication server;
    const std::string team = R"({"display_name":"B"})";
    REQUIRE(repeat(server, "/broadcasters", "k", team).status() == 201);
    const std::string content = "/broadcasters\n" + team;
    const auto as = [&](const std::string& name) {
        const RepeatableRequest request{name, "POST /broadcasters", "k", content};
        return server.test->reserve_request(request).value().state;
    };
    CHECK(as("api-secret") == RepeatState::kAnswered);
    CHECK(as("frontend-app") == RepeatState::kFirst);
}

TEST_CASE("a credential with a new label is the same caller as before") {
    TestApplication server;
    const Reply made =
        server.call("POST", "/credentials", R"({"label":"Map","scopes":["broadcasters:write"]})");
    REQUIRE(made.status() == 201);
    const auto add = [&] {
        HttpRequest request =
            TestApplication::make_request("POST", "/broadcasters", R"({"display_name":"B"})");
        request.headers.emplace_back("x-api-key", made.text("secret"));
        request.headers.emplace_back("idempotency-key", "k");
        return server.send(std::move(request));
    };
    const Reply first = add();
    REQUIRE(first.status() == 201);
    CHECK(server.call("PATCH", "/credentials/" + made.text("id"), R"({"label":"Situation map"})")
              .status() == 200);
    check_replay(add(), first);
    CHECK(count_of(server, "/broadcasters") == 1);
}

TEST_CASE("a kept answer is not given to a credential whose rights have changed since then") {
    TestApplication server;
    const std::string first_team = add_broadcaster(server);
    const std::string second_team = add_broadcaster(server);
    const Reply made = server.call("POST", "/credentials",
                                   R"({"label":"Map","scopes":["keys:write","keys:read"]})");
    REQUIRE(made.status() == 201);
    const std::string credential = "/credentials/" + made.text("id");
    const auto add = [&] {
        HttpRequest request = TestApplication::make_request(
            "POST", "/stream-keys", fmt::format(R"({{"broadcaster_id":"{}"}})", first_team));
        request.headers.emplace_back("x-api-key", made.text("secret"));
        request.headers.emplace_back("idempotency-key", "k");
        return server.send(std::move(request));
    };
    const Reply first = add();
    REQUIRE(first.status() == 201);
    check_replay(add(), first);
    int expected = 403;
    SUBCASE("its broadcasters") {
        const auto only = fmt::format(R"({{"broadcasters":["{}"]}})", second_team);
        REQUIRE(server.call("PATCH", credential, only).status() == 200);
    }
    SUBCASE("a scope that the route does not need") {
        REQUIRE(server.call("PATCH", credential, R"({"scopes":["keys:write"]})").status() == 200);
    }
    SUBCASE("the scope of the route") {
        REQUIRE(server.call("PATCH", credential, R"({"scopes":["keys:read"]})").status() == 200);
    }
    SUBCASE("it is revoked") {
        REQUIRE(server.call("DELETE", credential).status() == 204);
        expected = 401;
    }
    const Reply repeated = add();
    CHECK(repeated.status() == expected);
    CHECK(repeated.response.body.find(first.text("key_value")) == std::string::npos);
    CHECK(count_of(server, "/stream-keys") == 1);
}

TEST_CASE("the room for kept answers is limited for each caller and for all, within a day") {
    using std::chrono::hours;
    const KeptAnswersQuota::Clock::time_point begin{hours(1'000)};
    KeptAnswersQuota quota({3 * 1024, 5 * 1024, 1024});
    for (int i = 0; i < 3; ++i) {
        CHECK(quota.has_room("a", begin));
        quota.add("a", 10, begin);  // counts as 1 KiB
    }
    CHECK_FALSE(quota.has_room("a", begin));
    CHECK(quota.has_room("b", begin));
    quota.add("b", 2 * 1024, begin + hours(1));
    CHECK_FALSE(quota.has_room("b", begin + hours(1)));
    // Others cannot take the last room of a caller.
    CHECK(quota.has_room("c", begin + hours(1)));
    quota.add("c", 10, begin + hours(1));
    CHECK_FALSE(quota.has_room("c", begin + hours(1)));
    CHECK_FALSE(quota.has_room("a", begin + hours(24)));
    CHECK(quota.has_room("a", begin + hours(25)));
    CHECK(quota.has_room("c", begin + hours(25)));
}

TEST_CASE("a request that is refused uses no Idempotency-Key") {
    TestApplication server;
    CHECK(repeat(server, "/broadcasters", "k", R"({"display_name":""})").status() == 400);
    CHECK(repeat(server, "/broadcasters", "k", R"({"display_name":"B"})").status() == 201);
    const std::string unknown = R"({"broadcaster_id":"00000000-0000-7000-8000-000000000000"})";
    CHECK(repeat(server, "/stream-keys", "k", unknown).status() == 400);
    const std::string owner = add_broadcaster(server);
    CHECK(repeat(server, "/stream-keys", "k", fmt::format(R"({{"broadcaster_id":"{}"}})", owner))
              .status() == 201);
}

TEST_CASE("an Idempotency-Key that is malformed, or a body that is too large for it, is refused") {
    TestApplication server;
    const std::string team = R"({"display_name":"B"})";
    for (const std::string& key :
         {std::string(), std::string(256, 'k'), std::string("a\tb"), std::string("a\x7f")}) {
        const Reply reply = repeat(server, "/broadcasters", key, team);
        CHECK(reply.status() == 400);
        CHECK(reply.text("detail").find("Idempotency-Key") != std::string::npos);
    }
    HttpRequest twice = repeatable("/broadcasters", "k", team);
    twice.headers.emplace_back("idempotency-key", "k");
    CHECK(server.send(std::move(twice)).status() == 400);
    CHECK(repeat(server, "/audit-events", "k",
                 "{\"event_type\":\"login\"" + std::string(70'000, ' ') + "}")
              .status() == 413);
    CHECK(count_of(server, "/broadcasters") == 0);
    CHECK(repeat(server, "/broadcasters", std::string(255, 'k'), team).status() == 201);
}

TEST_CASE("a request whose equal one is being carried out is told to wait") {
    TestApplication server;
    const std::string team = R"({"display_name":"B"})";
    const std::string content = "/broadcasters\n" + team;
    const RepeatableRequest request{"api-secret", "POST /broadcasters", "k", content};
    const auto running = server.test->reserve_request(request).value();
    REQUIRE(running.state == RepeatState::kFirst);
    const Reply early = repeat(server, "/broadcasters", "k", team);
    CHECK(early.status() == 409);
    CHECK(early.text("type") == "/errors/idempotency-key-in-use");
    CHECK(early.header("Retry-After") == "1");

    SUBCASE("a request whose server died is carried out by the next one after a minute") {
        server.test.clock.advance(std::chrono::seconds(60));
        CHECK(repeat(server, "/broadcasters", "k", team).status() == 201);
        CHECK(count_of(server, "/broadcasters") == 1);
    }
    SUBCASE("a request whose server died after its change is told what was changed") {
        Caller caller;
        caller.conditions.reservation = running.reservation;
        const auto made = server.test->create_broadcaster({"B", {}}, caller).value();
        server.test.clock.advance(std::chrono::seconds(60));
        const Reply lost = repeat(server, "/broadcasters", "k", team);
        CHECK(lost.status() == 409);
        CHECK(lost.text("type") == "/errors/answer-lost");
        CHECK(lost.text("detail").find(made.id.to_string()) != std::string::npos);
        CHECK(count_of(server, "/broadcasters") == 1);
    }
}

TEST_CASE("of equal requests at once one creates something") {
    TestApplication server;
    constexpr int kThreads = 8;
    std::latch start(kThreads);
    std::vector<std::thread> threads;
    std::vector<Reply> replies(kThreads);
    for (int i = 0; i < kThreads; ++i) {
        threads.emplace_back([&, i] {
            start.arrive_and_wait();
            replies[static_cast<std::size_t>(i)] =
                repeat(server, "/broadcasters", "k", R"({"display_name":"B"})");
        });
    }
    for (auto& thread : threads) thread.join();
    for (const auto& reply : replies) CHECK((reply.status() == 201 || reply.status() == 409));
    CHECK(count_of(server, "/broadcasters") == 1);
}

TEST_CASE("a kept answer that is not complete is not read") {
    HttpResponse response;
    response.status = 201;
    response.content_type = "application/json";
    response.headers = {{"Location", "/a: b"}, {"Set-Cookie", "secret"}};
    response.body = "{\n\n}";
    const std::string kept = keep_answer(response);
    const auto read = read_answer(kept);
    REQUIRE(read.has_value());
    CHECK(read->status == 201);
    CHECK(read->body == response.body);
    CHECK(read->headers == Headers{{"Location", "/a: b"}});
    for (const char* wrong :
         {"", "201", "201\n", "x\nt\n\n", "201\nt\nnothing\n\n", "201\nt\nA: b\n"}) {
        CHECK_FALSE(read_answer(wrong).has_value());
    }
}

}  // namespace
}  // namespace rescuestream::server::testing
