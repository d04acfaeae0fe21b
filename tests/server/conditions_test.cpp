#include <doctest/doctest.h>
#include <fmt/format.h>

#include "test_server.hpp"

namespace rescuestream::server::testing {
namespace {

/// Sends a request with one more header.
Reply call_with(TestApplication& server, const std::string& method, const std::string& target,
                const std::string& name, const std::string& value, std::string body = "") {
    HttpRequest request = TestApplication::make_request(method, target, std::move(body));
    request.headers.emplace_back("x-api-key", kSecret);
    request.headers.emplace_back(name, value);
    return server.send(std::move(request));
}

Reply add_key(TestApplication& server) {
    const std::string owner =
        server.call("POST", "/broadcasters", R"({"display_name":"Team"})").text("id");
    return server.call("POST", "/stream-keys", fmt::format(R"({{"broadcaster_id":"{}"}})", owner));
}

std::string version_of(const Reply& reply) {
    const std::string tag = reply.header("ETag");
    return tag.substr(1, tag.find_first_of(".\"", 1) - 1);
}

constexpr const char* kNode = R"({"name":"south","api_url":"http://10.0.0.2:9997"})";

TEST_CASE("creation, reading and changes answer with an ETag that names the version") {
    TestApplication server;
    const Reply created = add_key(server);
    const std::string key = "/stream-keys/" + created.text("id");
    const std::string broadcaster = "/broadcasters/" + created.text("broadcaster_id");
    CHECK(version_of(created).size() == 22);
    CHECK(created.header("Cache-Control") == "no-store");
    CHECK(version_of(server.call("GET", key)) == version_of(created));
    CHECK(server.call("GET", key).header("Cache-Control") == "private, no-cache");

    const Reply changed = server.call("PATCH", key, R"({"label":"new"})");
    CHECK(version_of(changed) != version_of(created));
    CHECK(version_of(server.call("GET", key)) == version_of(changed));
    const Reply rotated = server.call("POST", key + "/rotate");
    CHECK(version_of(rotated) != version_of(changed));
    CHECK(rotated.header("Cache-Control") == "no-store");
    const Reply disabled = server.call("POST", key + "/disable");
    CHECK(version_of(server.call("GET", key)) == version_of(disabled));
    const Reply revoked = server.call("DELETE", key);
    CHECK(version_of(server.call("GET", key)) == version_of(revoked));

    const Reply shown = server.call("GET", broadcaster);
    const Reply renamed = server.call("PATCH", broadcaster, R"({"display_name":"B"})");
    CHECK(version_of(renamed) != version_of(shown));
    CHECK(version_of(server.call("GET", broadcaster)) == version_of(renamed));

    const Reply node = server.call("POST", "/nodes", kNode);
    REQUIRE(node.status() == 201);
    CHECK(version_of(server.call("GET", "/nodes/south")) == version_of(node));
    server.test.clock.advance(std::chrono::seconds(1));
    const Reply drained = server.call("PATCH", "/nodes/south", R"({"draining":true})");
    CHECK(version_of(drained) != version_of(node));
    CHECK(version_of(server.call("GET", "/nodes/south")) == version_of(drained));
}

TEST_CASE("a change with the ETag of an earlier version is refused with 412 and changes nothing") {
    TestApplication server;
    const Reply created = add_key(server);
    const std::string key = "/stream-keys/" + created.text("id");
    const std::string broadcaster = "/broadcasters/" + created.text("broadcaster_id");
    REQUIRE(server.call("POST", "/nodes", kNode).status() == 201);
    const std::string stale = R"("AAAAAAAAAAAAAAAAAAAAAA.1-2")";
    const auto refuses = [&](const std::string& method, const std::string& target,
                             const std::string& body = "") {
        const Reply reply = call_with(server, method, target, "if-match", stale, body);
        CHECK_MESSAGE(reply.status() == 412, method, " ", target);
        CHECK(reply.text("type") == "/errors/precondition-failed");
        CHECK(reply.text("detail").find("Read it again") != std::string::npos);
    };
    const std::string before = server.call("GET", "/audit-logs").response.body;
    refuses("PATCH", key, R"({"label":"new"})");
    refuses("DELETE", key);
    for (const char* action : {"/revoke", "/disable", "/enable", "/rotate"}) {
        refuses("POST", key + action);
    }
    refuses("PATCH", broadcaster, R"({"display_name":"B"})");
    refuses("DELETE", broadcaster);
    refuses("POST", broadcaster + "/disable");
    refuses("POST", broadcaster + "/enable");
    refuses("PATCH", "/nodes/south", R"({"label":"B"})");
    refuses("PATCH", "/nodes/south", R"({"api_url":"http://10.0.0.3:9997"})");
    refuses("PATCH", "/nodes/default", R"({"label":"B"})");
    refuses("POST", "/nodes/south/enforce");
    refuses("DELETE", "/nodes/south");
    CHECK(server.call("GET", "/audit-logs").response.body == before);
}

TEST_CASE("a change with the present ETag is made, as a list, weak or complete, and with *") {
    TestApplication server;
    const std::string key = "/stream-keys/" + add_key(server).text("id");
    const auto change = [&](const std::string& condition, const std::string& label) {
        return call_with(server, "PATCH", key, "if-match", condition,
                         fmt::format(R"({{"label":"{}"}})", label));
    };
    const auto tag = [&] { return server.call("GET", key).header("ETag"); };
    CHECK(change(tag(), "a").status() == 200);
    CHECK(change("\"other\" ,  " + tag(), "b").status() == 200);
    CHECK(change("W/" + tag(), "c").status() == 200);
    CHECK(change("*", "d").status() == 200);
    const Reply last = change(" * ", "e");
    CHECK(last.status() == 200);
    CHECK(change(last.header("ETag"), "f").status() == 200);
    CHECK(server.call("GET", key).text("label") == "f");
}

TEST_CASE("an If-Match that is malformed, sent twice, or has no effect is refused") {
    TestApplication server;
    const std::string key = "/stream-keys/" + add_key(server).text("id");
    for (const char* wrong : {"", "abc", "\"abc", "\"a\" \"b\"", "\"a\",", "*, \"a\"", "W/*"}) {
        const Reply reply =
            call_with(server, "PATCH", key, "if-match", wrong, R"({"label":"new"})");
        CHECK_MESSAGE(reply.status() == 400, wrong);
        CHECK(reply.text("detail").find("If-Match") != std::string::npos);
    }
    HttpRequest twice = TestApplication::make_request("PATCH", key, R"({"label":"new"})");
    twice.headers.emplace_back("x-api-key", kSecret);
    twice.headers.emplace_back("if-match", "*");
    twice.headers.emplace_back("if-match", "*");
    CHECK(server.send(std::move(twice)).status() == 400);
    CHECK(call_with(server, "POST", "/broadcasters", "if-match", "*", R"({"display_name":"B"})")
              .status() == 400);
    CHECK(server.call("GET", key).text("label").empty());
    CHECK(server.call("GET", "/broadcasters").json["count"].GetInt() == 1);
}

TEST_CASE("a record that the caller has already is answered with 304") {
    TestApplication server;
    const std::string key = "/stream-keys/" + add_key(server).text("id");
    REQUIRE(server.call("POST", "/nodes", kNode).status() == 201);
    for (const std::string& target : {key, std::string("/nodes/south")}) {
        const std::string tag = server.call("GET", target).header("ETag");
        const Reply same = call_with(server, "GET", target, "if-none-match", tag);
        CHECK(same.status() == 304);
        CHECK(same.response.content().empty());
        CHECK(same.header("ETag") == tag);
        // The version alone does not say what the service has noted about the record.
        const std::string version = tag.substr(0, tag.find('.')) + "\"";
        CHECK(call_with(server, "GET", target, "if-none-match", version).status() == 200);
    }
}

}  // namespace
}  // namespace rescuestream::server::testing
