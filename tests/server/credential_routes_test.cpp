// The routes about credentials, and the ways in which a credential is sent.

#include <doctest/doctest.h>

#include "rescuestream/api_credentials.hpp"
#include "startup.hpp"
#include "test_server.hpp"

namespace rescuestream::server::testing {
namespace {

Settings sealing_settings() {
    Settings settings;
    settings.orchestrator.control_secret = Secret("installation");
    return settings;
}

std::string id_of(const Reply& reply) {
    return reply.text("id");
}

Reply post_credential(TestApplication& server, const std::string& body) {
    return server.call("POST", "/credentials", body);
}

Reply get_with(TestApplication& server, const std::string& target, const char* header,
               const std::string& value) {
    auto request = TestApplication::make_request("GET", target);
    request.headers.emplace_back(header, value);
    return server.send(std::move(request));
}

HttpRequest signed_by(TestApplication& server, const std::string& credential,
                      const std::string& method, const std::string& target,
                      const std::string& body = "") {
    const auto parts = split_credential(credential).value();
    HttpRequest request = TestApplication::make_request(method, target, body);
    const auto now = server.test->now().time_since_epoch();
    const std::string time =
        std::to_string(std::chrono::duration_cast<std::chrono::seconds>(now).count());
    request.headers.emplace_back("x-api-key", parts.id.value);
    request.headers.emplace_back("x-timestamp", time);
    request.headers.emplace_back("x-signature", signature_v1(Secret(std::string(parts.secret)),
                                                             method, request.path, time, body));
    return request;
}

TEST_CASE("a credential is created, shown, changed, rotated, revoked and deleted") {
    TestApplication server(sealing_settings());
    const Reply made =
        post_credential(server, R"({"label":"Map","scopes":["streams:read","keys:read"],
        "allowed_addresses":["192.0.2.0/24"],"expires_at":"2027-01-01T00:00:00Z"})");
    CHECK(made.status() == 201);
    const std::string id = id_of(made);
    const std::string text = made.text("secret");
    CHECK(made.header("Location") == "/credentials/" + id);
    CHECK(text.starts_with("rsc_" + id + "_"));
    CHECK(text.size() == 4 + 12 + 1 + 43);
    CHECK(made.text("made_by") == "api-secret");

    const Reply shown = server.call("GET", "/credentials/" + id);
    CHECK(shown.status() == 200);
    CHECK(shown.text("status") == "active");
    CHECK(shown.response.content().find(text.substr(17)) == std::string::npos);
    const Reply list = server.call("GET", "/credentials");
    CHECK(list.json["count"].GetInt() == 1);
    CHECK(list.response.content().find(text.substr(17)) == std::string::npos);

    const Reply changed = server.call("PATCH", "/credentials/" + id,
                                      R"({"scopes":["streams:read"],"reset":["expires_at"]})");
    CHECK(changed.status() == 200);
    CHECK(changed.json["scopes"].Size() == 1);
    CHECK_FALSE(changed.json.HasMember("expires_at"));
    CHECK(get_with(server, "/stream-keys", "x-api-key", text).status() == 403);

    const Reply rotated =
        server.call("POST", "/credentials/" + id + "/rotate", R"({"overlap_seconds":60})");
    CHECK(rotated.status() == 200);
    CHECK(rotated.text("secret") != text);
    CHECK(get_with(server, "/streams", "x-api-key", text).status() == 200);
    CHECK(get_with(server, "/streams", "x-api-key", rotated.text("secret")).status() == 200);

    CHECK(server.call("POST", "/credentials/" + id + "/revoke").text("status") == "revoked");
    CHECK(server.call("POST", "/credentials/" + id + "/revoke").status() == 200);
    CHECK(server.call("PATCH", "/credentials/" + id, R"({"label":"X"})").status() == 409);
    const Reply refused = get_with(server, "/streams", "x-api-key", rotated.text("secret"));
    CHECK(refused.status() == 401);
    CHECK(refused.text("detail") == "The credential was revoked. Ask for another one.");
    CHECK(server.call("DELETE", "/credentials/" + id).status() == 204);
    CHECK(server.call("DELETE", "/credentials/" + id).status() == 404);
    CHECK(server.call("GET", "/credentials/" + id).status() == 404);
}

TEST_CASE("every change of a credential has an audit entry with its label, and no secret") {
    TestApplication server(sealing_settings());
    const Reply made = post_credential(server, R"({"label":"Map","scopes":["streams:read"]})");
    const std::string id = id_of(made);
    const auto call_later = [&](const char* method, const std::string& what, std::string body) {
        server.test.clock.advance(std::chrono::seconds(1));
        server.call(method, "/credentials/" + id + what, std::move(body));
    };
    call_later("PATCH", "", R"({"label":"Map 2"})");
    call_later("POST", "/rotate", "");
    call_later("POST", "/revoke", "");
    call_later("DELETE", "", "");
    const Reply log = server.call("GET", "/audit-logs?resource_type=credential");
    std::string actions;
    for (const auto& entry : log.json["audit_logs"].GetArray()) {
        actions += std::string(entry["action"].GetString()) + " ";
        CHECK(std::string(entry["resource_id"].GetString()) == id);
        CHECK(std::string(entry["metadata"]["label"].GetString()).starts_with("Map"));
    }
    CHECK(actions == "delete revoke rotate update create ");
    CHECK(log.response.content().find(made.text("secret").substr(17)) == std::string::npos);
}

TEST_CASE("a credential is sent as bearer, as the whole of X-API-Key, or signs with its id") {
    TestApplication server(sealing_settings());
    const Reply made =
        post_credential(server, R"({"label":"Map","scopes":["streams:read","audit:write"]})");
    const std::string text = made.text("secret");
    const std::string actor = "Map (" + id_of(made) + ")";
    for (const char* scheme : {"Bearer ", "bearer ", "BEARER "}) {
        CHECK(get_with(server, "/whoami", "authorization", scheme + text).text("actor") == actor);
    }
    CHECK(get_with(server, "/whoami", "x-api-key", text).text("actor") == actor);
    CHECK(server.send(signed_by(server, text, "GET", "/whoami")).text("actor") == actor);
    auto changing = signed_by(server, text, "POST", "/audit-events", R"({"event_type":"login"})");
    const Reply event = server.send(std::move(changing));
    CHECK(event.status() == 201);
    CHECK(event.text("actor") == actor);

    auto tampered = signed_by(server, text, "POST", "/audit-events", R"({"event_type":"login"})");
    tampered.body = R"({"event_type":"logout"})";
    CHECK(server.send(std::move(tampered)).status() == 401);
    CHECK(server.send(signed_by(server, text, "GET", "/stream-keys")).status() == 403);

    auto two = TestApplication::make_request("GET", "/whoami");
    two.headers.emplace_back("authorization", "Bearer " + text);
    two.headers.emplace_back("x-api-key", kSecret);
    CHECK(server.send(std::move(two)).status() == 401);
    // The shared secret has another header; whether it is right is not told.
    for (const std::string& other : {std::string(kSecret), std::string("anything")}) {
        const Reply refused = get_with(server, "/whoami", "authorization", "Bearer " + other);
        CHECK(refused.status() == 401);
        CHECK(refused.text("detail").find("The shared secret is sent in X-API-Key") !=
              std::string::npos);
    }
    // A proxy's own header does not matter.
    auto behind = TestApplication::make_request("GET", "/whoami");
    behind.headers.emplace_back("authorization", "Basic YTpi");
    behind.headers.emplace_back("x-api-key", text);
    CHECK(server.send(std::move(behind)).status() == 200);
}

HttpRequest signed_v2(TestApplication& server, const std::string& credential,
                      const std::string& method, const std::string& target,
                      const std::string& nonce, const std::string& body = "") {
    const auto parts = split_credential(credential).value();
    HttpRequest request = TestApplication::make_request(method, target, body);
    const auto now = server.test->now().time_since_epoch();
    const std::string time =
        std::to_string(std::chrono::duration_cast<std::chrono::seconds>(now).count());
    request.headers.emplace_back("x-api-key", parts.id.value);
    request.headers.emplace_back("x-timestamp", time);
    request.headers.emplace_back("x-nonce", nonce);
    request.headers.emplace_back("x-signature-version", "2");
    request.headers.emplace_back(
        "x-signature", signature_v2(Secret(std::string(parts.secret)), request, time, nonce));
    return request;
}

TEST_CASE("a signature of version 2 covers the query, and its nonce is good once") {
    TestApplication server(sealing_settings());
    const std::string text =
        post_credential(server, R"({"label":"Map","scopes":["streams:read","audit:write"]})")
            .text("secret");
    const std::string nonce = "0123456789abcdef";
    const auto request = signed_v2(server, text, "GET", "/streams?state=all", nonce);
    CHECK(server.send(request).status() == 200);
    const Reply again = server.send(request);
    CHECK(again.status() == 401);
    CHECK(again.text("detail") == "X-Nonce was used before: use another one for each request.");
    CHECK(server.send(signed_v2(server, text, "GET", "/streams", nonce)).status() == 401);
    CHECK(server.send(signed_v2(server, text, "GET", "/streams", nonce + "2")).status() == 200);

    auto other_query = signed_v2(server, text, "GET", "/streams?state=live", nonce + "3");
    other_query.set_target("/streams?state=all");
    CHECK(server.send(std::move(other_query)).status() == 401);
    auto other_body =
        signed_v2(server, text, "POST", "/audit-events", nonce + "4", R"({"event_type":"login"})");
    other_body.body = R"({"event_type":"logout"})";
    CHECK(server.send(std::move(other_body)).status() == 401);
    auto other_path = signed_v2(server, text, "GET", "/streams", nonce + "5");
    other_path.set_target("/str%65ams");
    CHECK(server.send(std::move(other_path)).status() == 401);
    // A request that is refused uses up no nonce.
    CHECK(server.send(signed_v2(server, text, "GET", "/streams", nonce + "5")).status() == 200);

    for (const std::string& bad : {std::string(), std::string("short"), std::string(129, 'n'),
                                   std::string("0123456789abcde!")}) {
        CHECK(server.send(signed_v2(server, text, "GET", "/streams", bad)).status() == 401);
    }
    auto version = signed_v2(server, text, "GET", "/streams", nonce + "6");
    for (auto& [name, value] : version.headers) {
        if (name == "x-signature-version") value = "3";
    }
    CHECK(server.send(std::move(version)).text("detail") == "X-Signature-Version must be 1 or 2.");
}

TEST_CASE("the signature of version 2 is the one that every other program computes") {
    HttpRequest request = TestApplication::make_request("POST", "/streams?x=1", "{}");
    // printf
    // 'v2\nPOST\n/streams\nx=1\n44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a\n
    // 1768644000\n0123456789abcdef' | openssl dgst -sha256 -hmac secret   (in one line)
    CHECK(signature_v2(Secret("secret"), request, "1768644000", "0123456789abcdef") ==
          "fbf059aaea3d4837eae9bbd5edb1e96938c3afc6d11410484260e6ac9afaa661");
}

TEST_CASE("with SHARED_SECRET=off only credentials are accepted") {
    Settings settings = sealing_settings();
    settings.shared_secret = false;
    TestApplication server(settings);
    const Reply refused = server.call("GET", "/streams");
    CHECK(refused.status() == 401);
    CHECK(refused.text("detail").find("SHARED_SECRET") != std::string::npos);
    HttpRequest request = TestApplication::make_request("GET", "/streams");
    const auto now = server.test->now().time_since_epoch();
    const std::string time =
        std::to_string(std::chrono::duration_cast<std::chrono::seconds>(now).count());
    request.headers.emplace_back("x-api-key", "frontend-app");
    request.headers.emplace_back("x-timestamp", time);
    request.headers.emplace_back("x-signature",
                                 signature_v1(Secret(kSecret), "GET", "/streams", time, ""));
    CHECK(server.send(std::move(request)).status() == 401);
    NewApiCredential input;
    input.label = "Admin";
    input.scopes = {Scope::kAdmin};
    const auto made = server.test->create_credential(input, server.test.caller).value();
    CHECK(get_with(server, "/streams", "x-api-key", made.text.reveal()).status() == 200);
}

TEST_CASE("a server without the shared secret starts only if somebody else may administer it") {
    TestApplication server(sealing_settings());
    Settings off;
    off.shared_secret = false;
    StreamOrchestrator& orchestrator = *server.test.orchestrator;
    CHECK(check_administrator({}, orchestrator));
    const auto refused = [&] {
        const auto checked = check_administrator(off, orchestrator);
        return !checked && checked.error().message.starts_with("SHARED_SECRET=off");
    };
    CHECK(refused());
    NewApiCredential input;
    input.label = "Admin";
    input.scopes = {Scope::kStreamsRead, Scope::kCredentialsWrite};
    orchestrator.create_credential(input, server.test.caller).value();
    CHECK(refused());
    input.scopes = {Scope::kAdmin};
    input.broadcasters = {server.test.broadcaster().id};
    orchestrator.create_credential(input, server.test.caller).value();
    CHECK(refused());
    input.broadcasters = {};
    input.expires_at = server.test->now() + std::chrono::hours(1);
    const auto admin = orchestrator.create_credential(input, server.test.caller).value();
    CHECK_FALSE(refused());
    server.test.clock.advance(std::chrono::hours(1));
    CHECK(refused());
}

TEST_CASE("a name that could be the id of a credential still signs with the shared secret") {
    TestApplication server(sealing_settings());
    HttpRequest request = TestApplication::make_request("GET", "/whoami");
    const auto now = server.test->now().time_since_epoch();
    const std::string time =
        std::to_string(std::chrono::duration_cast<std::chrono::seconds>(now).count());
    request.headers.emplace_back("x-api-key", "administrato");
    request.headers.emplace_back("x-timestamp", time);
    request.headers.emplace_back("x-signature",
                                 signature_v1(Secret(kSecret), "GET", "/whoami", time, ""));
    CHECK(server.send(std::move(request)).text("actor") == "administrato");
}

TEST_CASE("whoami tells who calls, with which scopes") {
    TestApplication server(sealing_settings());
    const Reply shared = server.call("GET", "/whoami");
    CHECK(shared.text("actor") == "api-secret");
    CHECK(std::string(shared.json["scopes"][0].GetString()) == "admin");
    CHECK_FALSE(shared.json.HasMember("credential"));
    const Reply made = post_credential(server, R"({"label":"Map","scopes":["streams:read"]})");
    const Reply own = get_with(server, "/whoami", "x-api-key", made.text("secret"));
    CHECK(own.status() == 200);
    CHECK(std::string(own.json["scopes"][0].GetString()) == "streams:read");
    CHECK(std::string(own.json["credential"]["id"].GetString()) == id_of(made));
    CHECK(own.text("address") == "192.0.2.1");
}

TEST_CASE("a credential that must not be used from an address is refused there with 403") {
    TestApplication server(sealing_settings());
    const Reply made = post_credential(
        server,
        R"({"label":"Map","scopes":["streams:read"],"allowed_addresses":["198.51.100.0/24"]})");
    const Reply refused = get_with(server, "/streams", "x-api-key", made.text("secret"));
    CHECK(refused.status() == 403);
    CHECK(refused.text("detail") == "The credential must not be used from this address.");
}

TEST_CASE("all wrong members of a credential are named, and nothing is created") {
    TestApplication server;
    struct Case {
        const char* body;
        const char* wrong;
    };
    for (const auto& [body, wrong] :
         {Case{"{}", "/label /scopes"}, Case{R"({"label":" ","scopes":[]})", "/label /scopes"},
          Case{R"({"label":"a","scopes":["streams:read","all"]})", "/scopes/1"},
          Case{R"({"label":"a","scopes":["Streams:read",1,null]})",
               "/scopes/0 /scopes/1 /scopes/2"},
          Case{R"({"label":"a","scopes":"admin"})", "/scopes"},
          Case{R"({"label":"a","scopes":["admin"],"expires_at":"2020-01-01T00:00:00Z"})",
               "/expires_at"},
          Case{R"({"label":"a","scopes":["admin"],"allowed_addresses":["192.0.2.1/24"]})",
               "/allowed_addresses/0"},
          Case{R"({"label":"a","scopes":["admin"],"allowed_addresses":[]})", "/allowed_addresses"},
          Case{R"({"label":"a","scopes":["admin"],"broadcasters":["x"]})", "/broadcasters/0"},
          Case{R"({"label":"a","scopes":["admin"],"broadcasters":[]})", "/broadcasters"},
          Case{R"({"label":"a","scopes":["admin"],"id":"aaaaaaaaaaaa"})", "/id"}}) {
        CAPTURE(body);
        const Reply reply = post_credential(server, body);
        CHECK(reply.status() == 400);
        CHECK(reply.wrong_members() == wrong);
    }
    CHECK(server.call("GET", "/credentials").json["count"].GetInt() == 0);
    const Reply malformed = server.call("GET", "/credentials/01a205ac-d4ec-70d6");
    CHECK(malformed.status() == 400);
    CHECK(malformed.wrong_members() == "/id");
    CHECK(server.call("PATCH", "/credentials/aaaaaaaaaaaa", R"({"label":"a"})").status() == 404);
}

TEST_CASE("a credential cannot be restricted to a broadcaster that does not exist") {
    TestApplication server;
    const Reply reply = post_credential(server, R"({"label":"a","scopes":["admin"],
        "broadcasters":["00000000-0000-7000-8000-000000000000"]})");
    CHECK(reply.status() == 400);
    CHECK(reply.wrong_members() == "/broadcasters/0");
}

}  // namespace
}  // namespace rescuestream::server::testing
