// Sessions of browsers: what they permit, and when they end.

#include <doctest/doctest.h>

#include "rescuestream/api_credentials.hpp"
#include "test_server.hpp"

namespace rescuestream::server::testing {
namespace {

/// A server with a credential, and a session that was made with it.
struct SessionCase {
    SessionCase() {
        NewApiCredential input;
        input.label = "Ann";
        input.scopes = {Scope::kBroadcastersRead, Scope::kBroadcastersWrite};
        made = server.test->create_credential(input, server.test.caller).value();
        login(made.text.reveal());
    }

    Reply login(const std::string& credential) {
        auto request = TestApplication::make_request("POST", "/session");
        request.headers.emplace_back("x-api-key", credential);
        Reply reply = server.send(std::move(request));
        csrf = reply.text("csrf_token");
        set_cookie = reply.header("Set-Cookie");
        cookie = set_cookie.substr(0, set_cookie.find(';'));
        return reply;
    }
    Reply send(const std::string& method, const std::string& target, std::string body = "",
               bool with_token = true) {
        auto request = TestApplication::make_request(method, target, std::move(body));
        request.headers.emplace_back("cookie", "theme=dark; " + cookie);
        if (with_token) request.headers.emplace_back("x-csrf-token", csrf);
        return server.send(std::move(request));
    }

    TestApplication server;
    CreatedApiCredential made;
    std::string csrf, set_cookie, cookie;
};

TEST_CASE_FIXTURE(SessionCase, "a session has the rights of its credential") {
    CHECK(set_cookie.starts_with("rescuestream_session="));
    CHECK(set_cookie.find("; Path=/; Max-Age=43200; HttpOnly; SameSite=Strict") !=
          std::string::npos);
    CHECK(set_cookie.find("Secure") == std::string::npos);
    const Reply who = send("GET", "/whoami");
    CHECK(who.text("actor") == made.credential.actor());
    CHECK(who.text("csrf_token") == csrf);
    CHECK(send("GET", "/broadcasters").status() == 200);
    CHECK(send("GET", "/streams").status() == 403);
    CHECK(send("POST", "/broadcasters", R"({"display_name":"A"})").status() == 201);
}

TEST_CASE_FIXTURE(SessionCase, "a change with a session needs its token, and a read does not") {
    const std::string body = R"({"display_name":"A"})";
    const Reply refused = send("POST", "/broadcasters", body, false);
    CHECK(refused.status() == 403);
    CHECK(refused.text("detail").find("X-CSRF-Token") != std::string::npos);
    const std::string right = csrf;
    for (const std::string& wrong : {std::string(), std::string("x"), right + "0"}) {
        csrf = wrong;
        CHECK(send("POST", "/broadcasters", body).status() == 403);
    }
    CHECK(server.call("GET", "/broadcasters").json["count"].GetInt() == 0);
    CHECK(send("GET", "/broadcasters", "", false).status() == 200);
    csrf = right;
    CHECK(send("POST", "/broadcasters", body).status() == 201);
}

TEST_CASE_FIXTURE(SessionCase, "a session ends when it is ended, and after twelve hours") {
    const Reply ended = send("DELETE", "/session");
    CHECK(ended.status() == 204);
    CHECK(ended.header("Set-Cookie").find("Max-Age=0") != std::string::npos);
    CHECK(send("GET", "/broadcasters").status() == 401);
    login(made.text.reveal());
    CHECK(send("GET", "/broadcasters").status() == 200);
    server.test.clock.advance(std::chrono::hours(12));
    CHECK(send("GET", "/broadcasters").status() == 401);
}

TEST_CASE_FIXTURE(SessionCase, "a session ends with its credential and with its secret") {
    server.test->rotate_credential(made.credential.id, std::chrono::seconds(60), server.test.caller)
        .value();
    CHECK(send("GET", "/broadcasters").status() == 200);
    server.test.clock.advance(std::chrono::seconds(60));
    CHECK(send("GET", "/broadcasters").status() == 401);
    made = server.test
               ->rotate_credential(made.credential.id, std::chrono::seconds(0), server.test.caller)
               .value();
    login(made.text.reveal());
    CHECK(send("GET", "/broadcasters").status() == 200);
    server.test->revoke_credential(made.credential.id, server.test.caller).value();
    CHECK(send("GET", "/broadcasters").status() == 401);
    server.test->delete_credential(made.credential.id, server.test.caller).value();
    CHECK(send("GET", "/broadcasters").status() == 401);
}

TEST_CASE_FIXTURE(SessionCase, "the shared secret makes a session, too, with its rights") {
    CHECK(login(kSecret).status() == 201);
    CHECK(send("GET", "/whoami").text("actor") == "api-secret");
    CHECK(send("GET", "/streams").status() == 200);
    server.settings.api_secret = Secret("another secret of the server");
    CHECK(send("GET", "/streams").status() == 401);
}

TEST_CASE_FIXTURE(SessionCase, "a cookie of another installation is refused, and two are, too") {
    TestApplication other;
    auto request = TestApplication::make_request("GET", "/streams");
    request.headers.emplace_back("cookie", cookie);
    CHECK(other.send(std::move(request)).status() == 401);
    const std::string right = cookie;
    for (const std::string& wrong : {std::string("rescuestream_session="), right + "A",
                                     right + "; " + right, std::string("rescuestream_session")}) {
        CAPTURE(wrong);
        cookie = wrong;
        CHECK(send("GET", "/broadcasters").status() == 401);
    }
}

TEST_CASE_FIXTURE(SessionCase, "a session makes no session, and a signature makes none either") {
    const Reply again = send("POST", "/session");
    CHECK(again.status() == 400);
    CHECK(server.call("DELETE", "/session").status() == 404);
}

TEST_CASE_FIXTURE(SessionCase,
                  "the cookie is only sent by TLS if the server or its proxy has TLS") {
    auto request = TestApplication::make_request("POST", "/session");
    request.headers.emplace_back("x-api-key", made.text.reveal());
    request.headers.emplace_back("x-forwarded-proto", "https");
    CHECK(server.send(std::move(request)).header("Set-Cookie").ends_with("; Secure"));
}

}  // namespace
}  // namespace rescuestream::server::testing
