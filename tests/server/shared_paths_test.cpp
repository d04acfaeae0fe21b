#include <doctest/doctest.h>
#include <fmt/format.h>

#include "test_server.hpp"

namespace rescuestream::server::testing {
namespace {

std::string pointer_of(const Reply& reply) {
    if (!reply.json.HasMember("errors")) return reply.response.body;
    return reply.json["errors"][0]["pointer"].GetString();
}

Reply create(TestApplication& server, const std::string& owner, const std::string& more) {
    return server.call(
        "POST", "/stream-keys",
        fmt::format(R"({{"broadcaster_id":"{}","playback_path":"live/a"{}}})", owner, more));
}

std::string publisher(const std::string& value, const std::string& connection) {
    return fmt::format(
        R"({{"ip":"192.0.2.7","user":"","password":"{}","token":"","action":"publish",)"
        R"("path":"live/a","protocol":"rtmp","id":"{}","query":"","userAgent":"FMLE/3.0"}})",
        value, connection);
}

TEST_CASE("keys with a priority share a path, and a refusal names the member that forbids it") {
    TestApplication server;
    const auto owner = server.test.broadcaster().id.to_string();
    const auto stranger = server.test.broadcaster("Others").id.to_string();
    const auto primary = create(server, owner, R"(,"priority":80)");
    REQUIRE(primary.status() == 201);
    CHECK(primary.json["priority"].GetInt() == 80);
    const auto backup = create(server, owner, R"(,"priority":20)");
    REQUIRE(backup.status() == 201);

    const auto without = create(server, owner, "");
    CHECK(without.status() == 409);
    CHECK(pointer_of(without) == "/priority");
    const auto of_others = create(server, stranger, R"(,"priority":20)");
    CHECK(of_others.status() == 409);
    CHECK(pointer_of(of_others) == "/playback_path");
    for (const char* wrong : {"0", "101", "-1", "1.5", "\"9\""}) {
        const auto bad = create(server, owner, fmt::format(R"(,"priority":{})", wrong));
        CHECK(bad.status() == 400);
        CHECK(pointer_of(bad) == "/priority");
    }
    const auto list = server.call("GET", "/stream-keys?playback_path=live%2Fa");
    CHECK(list.json["count"].GetInt() == 2);
    CHECK(server.call("GET", "/stream-keys?playback_path=live%2Fb").json["count"].GetInt() == 0);
}

TEST_CASE("a priority is changed under If-Match, and not reset while the path is shared") {
    TestApplication server;
    const auto owner = server.test.broadcaster().id.to_string();
    const auto primary = create(server, owner, R"(,"priority":80)");
    const auto backup = create(server, owner, R"(,"priority":20)");
    const std::string target = "/stream-keys/" + backup.text("id");
    const std::string before(backup.header("ETag"));
    const auto patch = [&](const std::string& condition, const std::string& body) {
        auto request = TestApplication::make_request("PATCH", target, body);
        request.headers.emplace_back("x-api-key", kSecret);
        request.headers.emplace_back("if-match", condition);
        return server.send(std::move(request));
    };
    const auto changed = patch(before, R"({"priority":90})");
    CHECK(changed.status() == 200);
    CHECK(changed.json["priority"].GetInt() == 90);
    CHECK(patch(before, R"({"priority":10})").status() == 412);
    const auto reset = server.call("PATCH", target, R"({"reset":["priority"]})");
    CHECK(reset.status() == 409);
    CHECK(pointer_of(reset) == "/reset");
    CHECK(server.call("GET", target).json["priority"].GetInt() == 90);
    server.call("DELETE", "/stream-keys/" + primary.text("id"));
    const auto alone = server.call("PATCH", target, R"({"reset":["priority"]})");
    CHECK(alone.status() == 200);
    CHECK_FALSE(alone.json.HasMember("priority"));
}

TEST_CASE("a backup that is refused is told which key has the path, and so is an administrator") {
    TestApplication server;
    const auto owner = server.test.broadcaster().id.to_string();
    const auto primary = create(server, owner, R"(,"priority":80,"label":"Primary")");
    const auto backup = create(server, owner, R"(,"priority":20,"label":"Backup")");
    CHECK(server.media("/auth", publisher(primary.text("key_value"), "p")).status() == 200);
    const auto refused = server.media("/auth", publisher(backup.text("key_value"), "b"));
    CHECK(refused.status() == 401);
    CHECK(refused.text("type") == "/errors/path-in-use");
    CHECK(refused.text("detail").find(primary.text("id")) != std::string::npos);
    CHECK(refused.text("detail").find("sk_") == std::string::npos);

    const auto refusals = server.call("GET", "/refusals");
    REQUIRE(refusals.json["count"].GetInt() == 1);
    const auto& entry = refusals.json["refusals"][0];
    CHECK(std::string(entry["reason"].GetString()) == "path_in_use");
    CHECK(std::string(entry["holder_key_id"].GetString()) == primary.text("id"));
    CHECK(std::string(entry["holder_label"].GetString()) == "Primary");
    CHECK(std::string(entry["explanation"].GetString()).find("the key \"Primary\"") !=
          std::string::npos);
}

}  // namespace
}  // namespace rescuestream::server::testing
