#include <doctest/doctest.h>

#include "protected_application.hpp"
#include "support/crypto.hpp"
#include "support/media_credential.hpp"

namespace rescuestream::server::testing {
namespace {

std::string unix_time(TestApplication& server, int offset = 0) {
    const auto now = server.test->now().time_since_epoch();
    return std::to_string(std::chrono::duration_cast<std::chrono::seconds>(now).count() + offset);
}

HttpRequest signed_request(TestApplication& server, const std::string& method,
                           const std::string& target, const std::string& body = "",
                           int offset = 0) {
    HttpRequest request = TestApplication::make_request(method, target, body);
    const std::string time = unix_time(server, offset);
    request.headers.emplace_back("x-api-key", "frontend-app");
    request.headers.emplace_back("x-timestamp", time);
    request.headers.emplace_back("x-signature",
                                 signature_v1(Secret(kSecret), method, request.path, time, body));
    return request;
}

void set_header(HttpRequest& request, std::string_view name, const std::string& value) {
    for (auto& [key, old] : request.headers) {
        if (key == name) old = value;
    }
}

TEST_CASE("the signature is the one that every other program computes") {
    // printf 'GET\n/streams\n1768644000\n' |
    //     openssl dgst -sha256 -hmac 'correct horse battery staple'
    CHECK(signature_v1(Secret(kSecret), "GET", "/streams", "1768644000", "") ==
          "1efbc0004f5f01018cc07012dc1d565fef89313ed5902fae58dd084c3e807da3");
    // printf 'POST\n/broadcasters\n1768644000\n{"display_name":"Zoë"}' | openssl dgst …
    CHECK(signature_v1(Secret(kSecret), "POST", "/broadcasters", "1768644000",
                       "{\"display_name\":\"Zo\xC3\xAB\"}") ==
          "2e58adbce8140c71acf0ff97db31219859c45556d1363b79d79879d84f3eee9e");
}

TEST_CASE("the shared secret gives access to admin routes, and other values do not") {
    TestApplication server;
    const auto status = [&](std::vector<std::string> keys) {
        auto request = TestApplication::make_request("GET", "/streams");
        for (auto& key : keys) request.headers.emplace_back("x-api-key", std::move(key));
        return server.send(std::move(request)).status();
    };
    CHECK(status({kSecret}) == 200);
    CHECK(status({}) == 401);
    CHECK(status({""}) == 401);
    CHECK(status({"correct horse battery stapl"}) == 401);
    CHECK(status({std::string(kSecret) + "x"}) == 401);
    CHECK(status({"frontend-app"}) == 401);
    CHECK(status({kSecret, kSecret}) == 401);
}

TEST_CASE("a server without a secret refuses every credential") {
    TestApplication server;
    server.settings.api_secret = Secret();
    CHECK(server.call("GET", "/streams").status() == 401);
    auto request = TestApplication::make_request("GET", "/streams");
    request.headers.emplace_back("x-api-key", "");
    CHECK(server.send(std::move(request)).status() == 401);
    request = signed_request(server, "GET", "/streams");
    set_header(request, "x-signature",
               signature_v1(Secret(), "GET", "/streams", unix_time(server), ""));
    CHECK(server.send(std::move(request)).status() == 401);
}

TEST_CASE("a signed request is accepted, and its name is the actor in the audit record") {
    TestApplication server;
    CHECK(server.send(signed_request(server, "GET", "/streams?limit=5")).status() == 200);
    const Reply created =
        server.send(signed_request(server, "POST", "/broadcasters", R"({"display_name":"A"})"));
    REQUIRE(created.status() == 201);
    const auto page = server.test->list_audit({}).value();
    REQUIRE(page.entries.size() == 1);
    CHECK(page.entries[0].actor == "frontend-app");
    CHECK(page.entries[0].request_method == "POST");
    CHECK(page.entries[0].request_path == "/broadcasters");
    CHECK(page.entries[0].ip_address == "192.0.2.1");
    CHECK(page.entries[0].request_id == created.header("X-Request-ID"));
}

TEST_CASE("the decoded path is signed") {
    TestApplication server;
    CHECK(server.send(signed_request(server, "GET", "/stream%73")).status() == 200);
}

TEST_CASE("a signature may have upper-case and lower-case letters") {
    TestApplication server;
    auto request = signed_request(server, "GET", "/streams");
    std::string upper(*request.header("x-signature"));
    for (char& c : upper) c = static_cast<char>(std::toupper(c));
    set_header(request, "x-signature", upper);
    CHECK(server.send(std::move(request)).status() == 200);
}

TEST_CASE("a signature covers method, path, time and body, and is valid for five minutes") {
    TestApplication server;
    const std::string body = R"({"display_name":"A"})";
    const auto good = [&](int offset = 0) {
        return signed_request(server, "POST", "/broadcasters", body, offset);
    };
    const auto status = [&](HttpRequest request) {
        return server.send(std::move(request)).status();
    };
    CHECK(status(good()) == 201);
    CHECK(status(good(299)) == 201);
    CHECK(status(good(-300)) == 201);
    CHECK(status(good(301)) == 401);
    CHECK(status(good(-301)) == 401);

    auto changed = good();
    changed.body = R"({"display_name":"B"})";
    CHECK(status(changed) == 401);
    changed = good();
    changed.set_target("/audit-events");
    CHECK(status(changed) == 401);
    changed = good();
    set_header(changed, "x-timestamp", unix_time(server, 1));
    CHECK(status(changed) == 401);
    for (const char* time : {"", "abc", "12x", "-5", "1e9", "99999999999999999999"}) {
        CAPTURE(time);
        changed = good();
        set_header(changed, "x-timestamp", time);
        CHECK(status(changed) == 401);
    }
    for (const char* signature : {"", "00", "zz"}) {
        changed = good();
        set_header(changed, "x-signature", signature);
        CHECK(status(changed) == 401);
    }
    for (const char* name : {"", "a\x01", "\xff"}) {
        changed = good();
        set_header(changed, "x-api-key", name);
        CHECK(status(changed) == 401);
    }
    for (const char* missing : {"x-api-key", "x-timestamp"}) {
        changed = good();
        std::erase_if(changed.headers, [&](const auto& header) { return header.first == missing; });
        CHECK(status(changed) == 401);
    }
    CHECK(server.test->list_broadcasters().value().items.size() == 3);
}

TEST_CASE("the allowed names can be limited, and a wrong name looks like a wrong secret") {
    Settings settings;
    settings.api_key_names = {"admin", "ops"};
    TestApplication server(settings);
    auto request = signed_request(server, "GET", "/streams");
    const Reply wrong_name = server.send(request);
    CHECK(wrong_name.status() == 401);
    set_header(request, "x-api-key", "ops");
    CHECK(server.send(request).status() == 200);
    set_header(request, "x-signature", std::string(64, '0'));
    CHECK(server.send(request).text("detail") == wrong_name.text("detail"));
}

TEST_CASE("a refused caller learns from a header and a problem how to authenticate") {
    TestApplication server;
    const Reply reply = server.send(TestApplication::make_request("GET", "/streams"));
    CHECK(reply.text("type") == "/errors/unauthorized");
    CHECK(reply.header("WWW-Authenticate") == "ApiKey realm=\"rescuestream\"");
    CHECK(reply.response.body.find(kSecret) == std::string::npos);
}

TEST_CASE("public routes need no credential") {
    TestApplication server;
    for (const char* target : {"/health", "/livez", "/errors/not-found", "/openapi.json"}) {
        CAPTURE(target);
        CHECK(server.send(TestApplication::make_request("GET", target)).status() == 200);
    }
}

TEST_CASE("MEDIA_SECRET guards the routes of the media server") {
    Settings settings;
    settings.media_secret = Secret("media:secret");
    TestApplication server(settings);
    const std::string question = R"({"action":"read","path":"live/a"})";
    const auto status = [&](const std::string& name, const std::string& value) {
        auto request = TestApplication::make_request("POST", "/auth", question);
        request.headers.emplace_back(name, value);
        return server.send(std::move(request)).status();
    };
    CHECK(server.media("/auth", question).status() == 401);
    CHECK(server.media("/webhook/ready", R"({"path":"a"})").status() == 401);
    CHECK(status("authorization", "Basic " + base64_encode("anybody:media:secret")) == 200);
    CHECK(status("x-media-secret", "media:secret") == 200);
    CHECK(status("authorization", "Basic " + base64_encode("anybody:media")) == 401);
    CHECK(status("authorization", "Basic " + base64_encode("media")) == 401);
    CHECK(status("authorization", "Basic ???") == 401);
    CHECK(status("authorization", "Bearer media:secret") == 401);
    CHECK(status("x-media-secret", "media:secre") == 401);
    CHECK(status("x-api-key", kSecret) == 401);
}

TEST_CASE("without MEDIA_SECRET, MEDIA_ALLOW says who needs no credential") {
    Settings settings;
    SUBCASE("by default: this machine and private networks") {
        TestApplication server(settings);
        const auto status = [&](const char* address) {
            auto request = TestApplication::make_request("POST", "/auth", kRead);
            request.remote_address = address;
            return server.send(std::move(request)).status();
        };
        for (const char* near : {"127.0.0.1", "::1", "", "10.1.2.3", "172.31.0.1", "192.168.9.9",
                                 "169.254.1.1", "fd00::1", "fe80::1"}) {
            CAPTURE(near);
            CHECK(status(near) == 200);
        }
        for (const char* far : {"198.51.100.1", "100.64.0.1", "172.32.0.1", "2001:db8::1", "x"}) {
            CAPTURE(far);
            CHECK(status(far) == 401);
        }
    }
    SUBCASE("a caller from elsewhere learns why, and is not asked for more") {
        TestApplication server(settings);
        auto request = TestApplication::make_request("POST", "/webhook/ready", R"({"path":"a"})");
        request.remote_address = "198.51.100.1";
        const Reply reply = server.send(std::move(request));
        CHECK(reply.status() == 401);
        CHECK(reply.text("detail").find("MEDIA_ALLOW") != std::string::npos);
        CHECK(reply.header("WWW-Authenticate") == "Basic realm=\"rescuestream\"");
    }
}

TEST_CASE("a page in a browser cannot ask in the name of MediaMTX, nor use up guesses") {
    Settings settings = with_limits(0, 2, 2);
    std::string address = "127.0.0.1";
    SUBCASE("without MEDIA_SECRET, from this machine") {}
    SUBCASE("with MEDIA_SECRET") {
        settings.media_secret = Secret("media:secret");
        address = "192.0.2.7";
    }
    ProtectedApplication server(settings);
    const auto ask = [&](const std::string& target, const std::string& body, const Headers& more) {
        auto request = TestApplication::make_request("POST", target, body);
        request.remote_address = address;
        request.headers.insert(request.headers.end(), more.begin(), more.end());
        return server.ask(std::move(request));
    };
    const std::vector<std::pair<std::string, std::string>> calls{
        {"/auth", kRead},
        {"/auth/north", kRead},
        {"/webhook/ready", R"({"path":"a"})"},
        {"/webhook/not-ready", R"({"path":"a"})"}};
    for (const auto& [target, body] : calls) {
        CAPTURE(target);
        const Headers of_pages{{"origin", "https://evil.example"},
                               {"origin", "null"},
                               {"origin", "http://localhost:8080"},
                               {"sec-fetch-site", "cross-site"},
                               {"sec-fetch-site", "same-origin"}};
        for (const auto& header : of_pages) {
            CAPTURE(header.second);
            for (int i = 0; i < 5; ++i) {
                const Reply reply =
                    ask(target, body, {header, {"x-media-secret", "guess " + std::to_string(i)}});
                CHECK(reply.status() == 403);
                CHECK(reply.text("detail").find("page in a browser") != std::string::npos);
            }
        }
    }
    CHECK(ask("/auth", kRead, {{"x-media-secret", "media:secret"}}).status() == 200);
}

TEST_CASE("the credential of a node opens its own questions and hooks from everywhere") {
    Settings settings;
    settings.orchestrator.control_secret = Secret("the control secret of this installation");
    SUBCASE("without MEDIA_SECRET") {}
    SUBCASE("beside MEDIA_SECRET") {
        settings.media_secret = Secret("the media secret");
    }
    TestApplication server(settings);
    const auto status = [&](const std::string& method, const std::string& target,
                            const std::string& body, const Secret& secret) {
        auto request = TestApplication::make_request(method, target, body);
        request.remote_address = "198.51.100.1";
        request.headers.emplace_back("authorization",
                                     "Basic " + base64_encode("mediamtx:" + secret.reveal()));
        request.headers.emplace_back("x-api-key", secret.reveal());
        return server.send(std::move(request)).status();
    };
    const auto secret_of = [&](const char* node) {
        return media_secret_of(settings.orchestrator.control_secret, node);
    };
    const Secret own = secret_of("default");
    const Secret other = secret_of("field.1");
    CHECK(status("POST", "/auth", kRead, own) == 200);
    CHECK(status("POST", "/auth/default", kRead, own) == 200);
    CHECK(status("POST", "/webhook/ready", R"({"path":"a"})", own) == 204);
    CHECK(status("POST", "/webhook/not-ready", R"({"path":"a"})", other) == 204);
    CHECK(status("POST", "/auth/field.1", kRead, other) == 200);
    // Nothing else: not the questions of another node, and no other route.
    CHECK(status("POST", "/auth", kRead, other) == 401);
    CHECK(status("POST", "/auth/field.1", kRead, own) == 401);
    CHECK(status("GET", "/streams", "", own) == 401);
    CHECK(status("POST", "/broadcasters", R"({"display_name":"A"})", own) == 401);
    const std::string text = own.reveal();
    CHECK(status("POST", "/auth", kRead, Secret(text.substr(0, text.size() - 1))) == 401);
    CHECK(status("POST", "/auth", kRead, Secret("rsm_default.")) == 401);
    CHECK(status("POST", "/auth", kRead, Secret("rsm_default")) == 401);
    const auto foreign = media_secret_of(Secret("another installation"), "default");
    CHECK(status("POST", "/auth", kRead, foreign) == 401);
}

TEST_CASE("without a control secret there is no credential of a node") {
    TestApplication server;
    auto request = TestApplication::make_request("POST", "/auth", kRead);
    request.remote_address = "198.51.100.1";
    request.headers.emplace_back("x-media-secret", "rsm_default.");
    CHECK(server.send(std::move(request)).status() == 401);
    CHECK(media_secret_of({}, "default").empty());
}

}  // namespace
}  // namespace rescuestream::server::testing
