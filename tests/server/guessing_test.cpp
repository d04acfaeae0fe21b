// Guesses of secrets on every route: which are refused unchecked, and who is still served.

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <chrono>
#include <string>
#include <vector>

#include "access_log.hpp"
#include "protected_application.hpp"
#include "rescuestream/api_credentials.hpp"
#include "startup.hpp"
#include "support/crypto.hpp"
#include "support/helper_credential.hpp"

namespace rescuestream::server::testing {
namespace {

// None of this machine's, whose own polls are always served.
constexpr const char* kHere = "192.0.2.101";
constexpr const char* kElsewhere = "192.0.2.102";

/// A guarded route, given by its answer to a credential.
using TryCredential = std::function<int(const std::string& credential, const std::string& address)>;

/// This route checks two wrong credentials a minute; `right` is accepted.
void check_guess_limit(const TryCredential& try_credential, const std::string& right, int opened,
                       int refused) {
    // Nothing was accepted from here: beyond the limit even the right credential is not checked.
    CHECK(try_credential("wrong 1", kHere) == refused);
    CHECK(try_credential("wrong 2", kHere) == refused);
    CHECK(try_credential("wrong 3", kHere) == 429);
    CHECK(try_credential(right, kHere) == 429);
    // A device that repeats a wrong credential still gets the normal refusal.
    CHECK(try_credential("wrong 1", kHere) == refused);
    // Other addresses are not affected, and credentials that were right before are accepted.
    CHECK(try_credential(right, kElsewhere) == opened);
    CHECK(try_credential("wrong 1", kElsewhere) == refused);
    CHECK(try_credential("wrong 2", kElsewhere) == refused);
    CHECK(try_credential("wrong 3", kElsewhere) == 429);
    CHECK(try_credential(right, kElsewhere) == opened);
    // An IPv6 /64 counts as one caller.
    CHECK(try_credential("wrong 1", "2001:db8::1") == refused);
    CHECK(try_credential("wrong 2", "2001:db8::2") == refused);
    CHECK(try_credential(right, "2001:db8::3") == 429);
    CHECK(try_credential(right, "2001:db8:0:1::1") == opened);
    // Who shares the address goes on: whether a guess is a short secret is not told for long.
    const bool is_short = right.size() < 32;
    for (char last = 'a'; last < 'z'; ++last) {
        CHECK(try_credential(std::string("another ") + last, kElsewhere) == 429);
    }
    CHECK(try_credential(right, kElsewhere) == (is_short ? 429 : opened));
    CHECK(try_credential(right, "2001:db8:0:1::1") == opened);
}

TryCredential try_api_secret(ProtectedApplication& server) {
    return [&server](const std::string& secret, const std::string& address) {
        HttpRequest request = TestApplication::make_request("GET", "/streams");
        request.remote_address = address;
        request.headers.emplace_back("x-api-key", secret);
        return server.ask(std::move(request)).status();
    };
}

TEST_CASE("guesses at the API's secret are refused unchecked beyond the limit") {
    ProtectedApplication server(with_limits(0, 0, 2));
    check_guess_limit(try_api_secret(server), kSecret, 200, 401);
}

TEST_CASE("a long secret of the API is served however much others of its address guess") {
    ProtectedApplication server(with_limits(0, 0, 2));
    const std::string secret(32, 'x');
    server.settings.api_secret = Secret(secret);
    check_guess_limit(try_api_secret(server), secret, 200, 401);
}

TEST_CASE("a credential that signs from an address lets nobody there guess the API's secret") {
    Settings settings = with_limits(0, 0, 2);
    settings.orchestrator.control_secret = Secret("installation");
    ProtectedApplication server(settings);
    const Reply made =
        server.call("POST", "/credentials", R"({"label":"Map","scopes":["streams:read"]})");
    REQUIRE(made.status() == 201);
    const std::string text = made.text("secret");
    const auto parts = split_credential(text).value();
    const auto ask = [&](std::string_view secret) {
        HttpRequest request = TestApplication::make_request("GET", "/whoami");
        request.remote_address = kHere;
        const auto now = server.test->now().time_since_epoch();
        const std::string time =
            std::to_string(std::chrono::duration_cast<std::chrono::seconds>(now).count());
        request.headers.emplace_back("x-api-key", parts.id.value);
        request.headers.emplace_back("x-timestamp", time);
        request.headers.emplace_back(
            "x-signature", signature_v1(Secret(std::string(secret)), "GET", "/whoami", time, ""));
        return server.ask(std::move(request)).status();
    };
    CHECK(ask(parts.secret) == 200);
    CHECK(ask("guess 1") == 401);
    CHECK(ask("guess 2") == 401);
    CHECK(ask("guess 3") == 429);
    CHECK(ask(kSecret) == 429);
    // The credential itself cannot be found by trying, and stays served.
    CHECK(ask(parts.secret) == 200);
}

TEST_CASE("no program on MediaMTX's machine keeps it from being answered by guessing a secret") {
    Settings settings = with_limits(0, 0, 2);
    settings.media_secret = Secret("the media secret");
    ProtectedApplication server(settings);
    const auto ask = [&](const std::string& secret) {
        HttpRequest request =
            TestApplication::make_request("POST", "/auth", R"({"action":"read","path":"live/a"})");
        request.remote_address = "127.0.0.1";
        request.headers.emplace_back("x-media-secret", secret);
        return server.ask(std::move(request)).status();
    };
    CHECK(ask("the media secret") == 200);
    for (int i = 0; i < 100; ++i) ask("guess " + std::to_string(i));
    CHECK(ask("another") == 429);
    CHECK(ask("the media secret") == 200);
}

TEST_CASE("guesses at the password of helpers are refused unchecked beyond the limit") {
    Settings settings = with_limits(0, 2, 0);
    settings.orchestrator.control_secret = Secret("of the installation");
    settings.orchestrator.helper_paths = {"cam/*"};
    ProtectedApplication server(settings);
    const auto ask = [&](const std::string& password, const std::string& address) {
        return server.ask(TestApplication::make_request(
            "POST", "/auth",
            fmt::format(R"({{"action":"publish","path":"cam/1","user":"helper","password":"{}",)"
                        R"("ip":"{}","protocol":"rtsp","id":"c1"}})",
                        password, address)));
    };
    const std::string right(
        helper_password(settings.orchestrator.control_secret, "default").reveal());
    CHECK(ask("wrong 1", kHere).status() == 401);
    CHECK(ask("wrong 2", kHere).status() == 401);
    CHECK(ask("wrong 3", kHere).status() == 429);
    CHECK(ask(right, kHere).status() == 429);
    const auto elsewhere = ask(right, kElsewhere);
    CHECK(elsewhere.status() == 401);
    CHECK(elsewhere.response.body.find("/errors/helper-not-local") != std::string::npos);
    CHECK(elsewhere.response.body.find(right) == std::string::npos);
    CHECK(server.logger.text().find(right) == std::string::npos);
    // No other program on the media server's machine can keep a helper out.
    for (int i = 0; i < 10; ++i)
        CHECK(ask("wrong " + std::to_string(i), "127.0.0.1").status() == 401);
    CHECK(ask(right, "127.0.0.1").status() != 429);
}

TEST_CASE("no local program can lock the operator out when the secret is long") {
    Settings settings = with_limits(0, 0, 2);
    const auto status_of = [](ProtectedApplication& server, const std::string& secret,
                              const std::string& address) {
        HttpRequest request = TestApplication::make_request("GET", "/streams");
        request.remote_address = address;
        request.headers.emplace_back("x-api-key", secret);
        return server.ask(std::move(request)).status();
    };
    const std::string long_secret(32, 'x');
    ProtectedApplication server(settings);
    server.settings.api_secret = Secret(long_secret);
    for (const char* address : {"127.0.0.1", "::1"}) {
        for (int i = 0; i < 10; ++i) {
            CHECK(status_of(server, "wrong " + std::to_string(i), address) == 401);
        }
        CHECK(status_of(server, long_secret, address) == 200);
    }
    // Guesses from other machines, and those at a short secret, are counted.
    for (int i = 0; i < 10; ++i) status_of(server, "wrong " + std::to_string(i), kHere);
    CHECK(status_of(server, long_secret, kHere) == 429);
    server.settings.api_secret = Secret(std::string(31, 'x'));
    for (int i = 0; i < 10; ++i) status_of(server, "wrong " + std::to_string(i), "127.0.0.1");
    CHECK(status_of(server, std::string(31, 'x'), "127.0.0.1") == 429);
}

TEST_CASE("guesses at a signature are refused unchecked beyond the limit") {
    ProtectedApplication server(with_limits(0, 0, 2));
    const auto now = server.test->now().time_since_epoch();
    const auto time = std::to_string(std::chrono::duration_cast<std::chrono::seconds>(now).count());
    check_guess_limit(
        [&](const std::string& secret, const std::string& address) {
            HttpRequest request = TestApplication::make_request("GET", "/streams");
            request.remote_address = address;
            request.headers.emplace_back("x-api-key", "frontend-app");
            request.headers.emplace_back("x-timestamp", time);
            request.headers.emplace_back("x-signature",
                                         signature_v1(Secret(secret), "GET", "/streams", time, ""));
            const int status = server.ask(std::move(request)).status();
            // Each new signature counts as a new guess, also from the same caller.
            return secret == "wrong 1" && status == 429 ? 401 : status;
        },
        kSecret, 200, 401);
}

TEST_CASE("a caller whose guess at a signature is refused is not asked for a body") {
    ProtectedApplication server(with_limits(0, 0, 1));
    HttpRequest request = TestApplication::make_request("POST", "/broadcasters", "{}");
    request.remote_address = kHere;
    for (const char* name : {"x-api-key", "x-timestamp", "x-signature"}) {
        request.headers.emplace_back(name, "1");
    }
    CHECK(server.guarded.receive(request)->body_limit() > 0);
    HttpRequest guess = TestApplication::make_request("GET", "/streams");
    guess.remote_address = kHere;
    guess.headers.emplace_back("x-api-key", "wrong");
    CHECK(server.ask(std::move(guess)).status() == 401);
    CHECK(server.guarded.receive(request)->body_limit() == 0);
}

TEST_CASE("guesses at MEDIA_SECRET are refused unchecked beyond the limit") {
    for (const bool is_basic : {false, true}) {
        Settings settings = with_limits(0, 0, 2);
        settings.media_secret = Secret("the media secret");
        ProtectedApplication server(settings);
        check_guess_limit(
            [&](const std::string& secret, const std::string& address) {
                HttpRequest request = TestApplication::make_request(
                    "POST", "/auth", R"({"action":"read","path":"live/a"})");
                request.remote_address = address;
                if (is_basic) {
                    request.headers.emplace_back("authorization",
                                                 "Basic " + base64_encode("x:" + secret));
                } else {
                    request.headers.emplace_back("x-media-secret", secret);
                }
                return server.ask(std::move(request)).status();
            },
            "the media secret", 200, 401);
    }
}

TEST_CASE("a question from elsewhere without a credential cannot lock out an address") {
    ProtectedApplication server(with_limits(0, 2, 2));
    const auto key = server.test.key("live/a");
    const auto ask = [&](const std::string& value, const std::string& from) {
        HttpRequest request = TestApplication::make_request(
            "POST", "/auth",
            fmt::format(R"({{"action":"publish","path":"live/a","password":"{}",)"
                        R"("ip":"192.0.2.7","protocol":"rtmp","id":"c1"}})",
                        value));
        request.remote_address = from;
        return server.ask(std::move(request)).status();
    };
    for (int number = 0; number < 9; ++number) {
        CHECK(ask(some_key(number), "198.51.100.1") == 401);
    }
    CHECK(ask(key.value.reveal(), "127.0.0.1") == 200);
}

TEST_CASE("guesses at stream keys are refused unchecked beyond the limit") {
    ProtectedApplication server(with_limits(0, 2, 0));
    const auto key = server.test.key("live/a");
    check_guess_limit(
        [&](const std::string& value, const std::string& address) {
            const bool is_key = value.starts_with("sk_");
            return server.publish(is_key ? value : some_key(value.back()), address).status();
        },
        key.value.reveal(), 200, 401);
    CHECK(server.logger.text().find("too_many_guesses") != std::string::npos);
}

TEST_CASE("guesses at MediaMTX's own interfaces are refused unchecked beyond the limit") {
    for (const char* action : {"api", "metrics", "pprof"}) {
        Settings settings = with_limits(0, 0, 2);
        settings.orchestrator.api_user = "control";
        settings.orchestrator.api_password = Secret("control password");
        ProtectedApplication server(settings);
        const TryCredential try_credential = [&](const std::string& password,
                                                 const std::string& address) {
            return server
                .ask(TestApplication::make_request(
                    "POST", "/auth",
                    fmt::format(R"({{"action":"{}","user":"control","password":"{}","ip":"{}"}})",
                                action, password, address)))
                .status();
        };
        check_guess_limit(try_credential, "control password", 200, 401);
        // This program's own requests to MediaMTX are never refused, not even the first.
        for (const char* address : {"127.0.0.1", "::1"}) {
            CHECK(try_credential("wrong 1", address) == 401);
            CHECK(try_credential("wrong 2", address) == 401);
            CHECK(try_credential("wrong 3", address) == 429);
            for (int i = 0; i < 50; ++i) try_credential("other " + std::to_string(i), address);
            CHECK(try_credential("control password", address) == 200);
        }
        // A client that first sends a request without a credential does not guess.
        for (int i = 0; i < 10; ++i) {
            const Reply asked = server.ask(TestApplication::make_request(
                "POST", "/auth", fmt::format(R"({{"action":"{}","ip":"198.51.100.1"}})", action)));
            CHECK(asked.status() == 401);
        }
        CHECK(try_credential("control password", "198.51.100.1") == 200);
    }
}

TEST_CASE("guesses at the password of a secret path are refused beyond the limit") {
    ProtectedApplication server(with_limits(0, 2, 0));
    const auto read = [&](const std::string& password, const std::string& address) {
        return server
            .ask(TestApplication::make_request(
                "POST", "/auth",
                fmt::format(
                    R"({{"action":"read","path":"{}","user":"relay","password":"{}","ip":"{}"}})",
                    some_key(7), password, address)))
            .status();
    };
    CHECK(read("a", kHere) == 401);
    CHECK(read("b", kHere) == 401);
    CHECK(read("c", kHere) == 429);
    for (int i = 0; i < 10; ++i) CHECK(read("", kElsewhere) == 401);
    CHECK(read("a", kElsewhere) == 401);
    // The media server's own relay uses this address, with another password for each path.
    for (int i = 0; i < 10; ++i) CHECK(read(std::to_string(i), "127.0.0.1") == 401);
}

TEST_CASE("a publisher without a credential is asked for one, and never counts as a guess") {
    ProtectedApplication server(with_limits(0, 2, 0));
    const auto key = server.test.key("live/a");
    for (int i = 0; i < 20; ++i) {
        const Reply asked = server.ask(TestApplication::make_request(
            "POST", "/auth",
            R"({"action":"publish","path":"live/a","protocol":"rtsp","id":"c1","ip":"192.0.2.1"})"));
        CHECK(asked.status() == 401);
        CHECK(asked.response.auth_decision == "no_credential");
    }
    CHECK(server.publish(key.value.reveal(), kHere).status() == 200);
}

TEST_CASE("a key that exists does not count as a guess, whatever the reason for its refusal") {
    ProtectedApplication server(with_limits(0, 2, 0));
    std::vector<std::string> values;
    for (int i = 0; i < 5; ++i) {
        const auto key = server.test.key(fmt::format("live/other{}", i));
        if (i % 2 == 0) {
            REQUIRE(server.test->revoke_stream_key(key.key.id, {}).has_value());
        }
        values.push_back(key.value.reveal());
    }
    for (const auto& value : values) CHECK(server.publish(value, kHere).status() == 401);
    CHECK(server.publish(server.test.key("live/a").value.reveal(), kHere).status() == 200);
}

TEST_CASE("while the database does not answer, no request counts as a guess") {
    ProtectedApplication server(with_limits(0, 2, 0));
    const auto key = server.test.key("live/a");
    server.faults->fail_method("claim");
    for (int i = 0; i < 5; ++i) {
        CHECK(server.publish(server.test.key(fmt::format("live/{}", i)).value.reveal(), kHere)
                  .status() != 429);
        CHECK(server.publish(key.value.reveal(), kHere).status() == 503);
    }
    server.faults->clear();
    CHECK(server.publish(key.value.reveal(), kHere).status() == 200);
}

// ---- Log lines of a flood of refusals

std::size_t lines_of(const RecordingLogger& logger) {
    const std::string text = logger.text();
    return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

/// A protected application with the log that a real server has.
class LoggedApplication : public ProtectedApplication {
public:
    LoggedApplication()
        : log(lines, false, &protection.refusals),
          logged(make_api({*test.orchestrator, settings, lines, nullptr, &protection},
                          {nullptr, &log})) {}

    int send(HttpRequest request, const std::string& address = kHere) {
        request.remote_address = address;
        request.headers.emplace_back("host", "localhost");
        return logged.handle(std::move(request)).status;
    }

    RecordingLogger lines;
    AccessLog log;
    Application logged;
};

TEST_CASE("a flood of refusals writes a bounded number of log lines, whatever varies") {
    LoggedApplication server;
    constexpr int kFlood = 5'000;
    const auto number = [](int i) { return std::to_string(i); };
    SUBCASE("paths that do not exist") {
        for (int i = 0; i < kFlood; ++i) {
            CHECK(server.send(TestApplication::make_request("GET", "/" + number(i))) == 404);
        }
    }
    SUBCASE("addresses") {
        for (int i = 0; i < kFlood; ++i) {
            server.send(TestApplication::make_request("GET", "/streams"),
                        fmt::format("10.0.{}.{}", i / 250, i % 250));
        }
    }
    SUBCASE("publishers in spoofed requests") {
        for (int i = 0; i < kFlood; ++i) {
            server.send(TestApplication::make_request(
                "POST", "/auth",
                fmt::format(R"({{"action":"publish","path":"p/{}","password":"{}","id":"c",)"
                            R"("ip":"10.0.{}.{}"}})",
                            i, some_key(i), i / 250, i % 250)));
        }
    }
    SUBCASE("malformed authentication requests") {
        for (int i = 0; i < kFlood; ++i) {
            server.send(TestApplication::make_request("POST", "/auth/" + number(i), "{}"));
        }
    }
    SUBCASE("hooks that are accepted") {
        for (int i = 0; i < kFlood; ++i) {
            CHECK(server.send(TestApplication::make_request("POST", "/webhook/ready",
                                                            R"({"path":"no/such"})")) == 204);
        }
        CHECK(lines_of(server.lines) == 0);
    }
    CHECK(lines_of(server.lines) <= 210);
    server.log.tell_left_out();
}

TEST_CASE("the first refusal of an honest caller is logged during another's flood") {
    LoggedApplication server;
    for (int i = 0; i < 5'000; ++i) {
        server.send(TestApplication::make_request("GET", "/" + std::to_string(i)));
    }
    server.send(TestApplication::make_request("GET", "/honest/mistake"), kElsewhere);
    CHECK(server.lines.text().find("path=/honest/mistake status=404") != std::string::npos);
    server.log.tell_left_out();
    CHECK(server.lines.text().find("more refusals of this kind kind=404") != std::string::npos);
}

TEST_CASE("every change is logged") {
    LoggedApplication server;
    for (int i = 0; i < 50; ++i) {
        HttpRequest request = TestApplication::make_request(
            "POST", "/broadcasters", fmt::format(R"({{"display_name":"B{}"}})", i));
        request.headers.emplace_back("x-api-key", kSecret);
        CHECK(server.send(std::move(request)) == 201);
    }
    CHECK(lines_of(server.lines) == 50);
}

}  // namespace
}  // namespace rescuestream::server::testing
