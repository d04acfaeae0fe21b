// Playback tokens over HTTP, and what the media server is told about viewers.
#include <doctest/doctest.h>

#include "test_server.hpp"

using namespace rescuestream;
using namespace rescuestream::server;
using namespace rescuestream::server::testing;

namespace playback_routes_test {
namespace {

Settings with_secret() {
    Settings settings;
    settings.orchestrator.control_secret = Secret("installation");
    return settings;
}

struct SignedCase {
    SignedCase() : server(with_secret()) {
        NewStreamKey input;
        input.broadcaster_id = server.test.broadcaster().id;
        input.playback_path = "live/a";
        input.policies.playback_policy = PlaybackPolicy::kSigned;
        key = server.test->create_stream_key(input, server.test.caller).value();
    }
    int read(const std::string& query, const std::string& path = "live/a") {
        return ask(query, path).status();
    }
    Reply ask(const std::string& query, const std::string& path = "live/a",
              const std::string& action = "read") {
        return server.media("/auth", R"({"ip":"192.0.2.7","user":"","password":"","token":"",)"
                                     R"("action":")" +
                                         action + R"(","path":")" + path +
                                         R"(","protocol":"hls","id":"c1","query":")" + query +
                                         "\"}");
    }
    std::string mint(const std::string& body = R"({"paths":["live/a"]})") {
        const Reply minted = server.call("POST", "/playback-tokens", body);
        REQUIRE(minted.status() == 201);
        return std::string(minted.text("token"));
    }

    TestApplication server;
    CreatedStreamKey key;
};

}  // namespace

TEST_CASE_FIXTURE(SignedCase, "a viewer of a signed path needs a token, for recordings too") {
    CHECK(read("") == 401);
    CHECK(ask("").text("type") == "/errors/playback-token-required");
    const std::string token = mint();
    CHECK(read("jwt=" + token) == 200);
    CHECK(ask("token=" + token, "live/a", "playback").status() == 200);
    CHECK(ask("", "live/a", "playback").status() == 401);
    CHECK(read("", "live/b") == 200);
}

TEST_CASE_FIXTURE(SignedCase, "the answer does not say what is wrong with a token, the list does") {
    const std::string other = mint(R"({"paths":["live/other"],"short":true})");
    for (const std::string& query :
         {"jwt=" + other, "jwt=" + mint() + "x", std::string("jwt=a.b.c")}) {
        const Reply refused = ask(query);
        CHECK(refused.status() == 401);
        CHECK(refused.text("type") == "/errors/playback-token-refused");
        CHECK(refused.response.body.find("expired or was revoked") != std::string::npos);
    }
    const auto reasons = server.call("GET", "/refusals").response.body;
    CHECK(reasons.find("token_wrong_path") != std::string::npos);
    CHECK(reasons.find("token_invalid") != std::string::npos);
    CHECK(reasons.find(other) == std::string::npos);
    CHECK(server.logger.text().find(other) == std::string::npos);
}

TEST_CASE_FIXTURE(SignedCase, "a token is revoked by id and by viewer") {
    const Reply minted = server.call("POST", "/playback-tokens",
                                     R"({"paths":["live/a"],"viewer_id":"v","expires_in":60})");
    const std::string token(minted.text("token"));
    const std::string id(minted.text("id"));
    CHECK(read("jwt=" + token) == 200);
    const std::string one = R"({"token_id":")" + id + "\"}";
    CHECK(server.call("POST", "/playback-tokens/revoke", one).status() == 200);
    CHECK(read("jwt=" + token) == 401);
    CHECK(server.call("POST", "/playback-tokens/revoke", one).status() == 200);
    const Reply revoked = server.call("POST", "/playback-tokens/revoke", R"({"viewer_id":"v"})");
    CHECK(revoked.status() == 200);
    CHECK(revoked.text("viewer_id") == "v");
    CHECK_FALSE(revoked.json["known"].GetBool());
    CHECK(server.call("POST", "/playback-tokens/revoke", R"({"path":"live/a"})")
              .json["known"]
              .GetBool());
    CHECK(server.call("POST", "/playback-tokens/revoke", "{}").status() == 400);
    CHECK(server.call("POST", "/playback-tokens/revoke", R"({"viewer_id":"v","path":"a"})")
              .status() == 400);
}

TEST_CASE_FIXTURE(SignedCase, "keys are imported, listed, rotated and removed; JWKS is public") {
    const Reply imported =
        server.call("POST", "/playback-keys",
                    R"({"issuer":"dispatch","paths":["live/*"],"jwk":{"kty":"OKP","crv":"Ed25519",)"
                    R"("x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo","kid":"ed"}})");
    CHECK(imported.status() == 201);
    CHECK(imported.text("algorithm") == "EdDSA");
    CHECK(imported.text("id") == "ed");
    CHECK(server.call("POST", "/playback-keys/rotate", "").status() == 201);
    const Reply listed = server.call("GET", "/playback-keys");
    CHECK(listed.json["count"].GetInt() == 2);
    CHECK(listed.response.body.find("PRIVATE") == std::string::npos);
    CHECK(listed.response.body.find("sealed") == std::string::npos);
    const Reply jwks = server.send(TestApplication::make_request("GET", "/.well-known/jwks.json"));
    CHECK(jwks.status() == 200);
    CHECK(jwks.json["keys"].Size() == 1);
    CHECK(std::string(jwks.json["keys"][0]["crv"].GetString()) == "P-256");
    CHECK(server.call("DELETE", "/playback-keys/ed").status() == 204);
    CHECK(server.call("DELETE", "/playback-keys/none").status() == 404);
    const Reply wrong =
        server.call("POST", "/playback-keys", R"({"issuer":"rescuestream","paths":["a**"]})");
    CHECK(wrong.status() == 400);
    CHECK(wrong.json["errors"].Size() == 3);
}

TEST_CASE_FIXTURE(SignedCase,
                  "viewers are listed a hundred at a time unless the caller says another number") {
    REQUIRE(server.test.publish(key, "encoder"));
    const std::string stream = server.test.live().at(0).id.to_string();
    const std::string token = mint();
    for (int i = 100; i <= 200; ++i) {
        const std::string id = "264b0a18-3f0e-4f0b-9d3c-6b1f0c6f7" + std::to_string(i);
        REQUIRE(server
                    .media("/auth", R"({"ip":"192.0.2.7","action":"read","path":"live/a",)"
                                    R"("protocol":"webrtc","id":")" +
                                        id + R"(","password":")" + token + "\"}")
                    .status() == 200);
    }
    for (const std::string& list : {std::string("/viewers"), "/streams/" + stream + "/viewers"}) {
        const Reply first = server.call("GET", list);
        CHECK(first.json["count"].GetInt() == 100);
        const Reply last = server.call("GET", list + "?cursor=" + first.text("next_cursor"));
        CHECK(last.json["count"].GetInt() == 1);
        CHECK_FALSE(last.json.HasMember("next_cursor"));
        CHECK(server.call("GET", list + "?limit=1000").json["count"].GetInt() == 101);
    }
}

TEST_CASE_FIXTURE(SignedCase, "viewers are listed, also those of a stream, and one is removed") {
    const std::string viewer = "264b0a18-3f0e-4f0b-9d3c-6b1f0c6f7a11";
    REQUIRE(server.test.publish(key, "encoder"));
    const std::string token = mint(R"({"paths":["live/a"],"viewer_id":"v","expires_in":60})");
    REQUIRE(server
                .media("/auth", R"({"ip":"192.0.2.7","action":"read","path":"live/a","protocol":)"
                                R"("webrtc","id":")" +
                                    viewer + R"(","password":")" + token + "\"}")
                .status() == 200);
    const Reply listed = server.call("GET", "/viewers?path=live/a&viewer_id=v");
    CHECK(listed.json["count"].GetInt() == 1);
    CHECK(std::string(listed.json["viewers"][0]["id"].GetString()) == viewer);
    CHECK(listed.response.body.find(token) == std::string::npos);
    const auto stream = server.test.live().at(0).id.to_string();
    CHECK(server.call("GET", "/streams/" + stream + "/viewers").json["count"].GetInt() == 1);
    CHECK(server.call("GET", "/viewers?state=gone").status() == 400);
    CHECK(server.call("GET", "/viewers?cursor=nonsense").status() == 400);
    CHECK(server.call("GET", "/viewers?path=live/b").json["count"].GetInt() == 0);
    const Reply removed = server.call("DELETE", "/viewers/" + viewer);
    CHECK(removed.status() == 200);
    CHECK_FALSE(removed.json["removed"].GetBool());  // nothing polls in this test
    CHECK(server.call("DELETE", "/viewers/17").status() == 400);
    CHECK(server.call("DELETE", "/viewers/00000000-0000-7000-8000-000000000000").status() == 404);
}

}  // namespace playback_routes_test
