// How much one credential can have stored.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include "protected_application.hpp"

namespace rescuestream::server::testing {
namespace {

/// A server without a limit of calls, and credentials with few rights.
struct Storing {
    std::string credential(const std::string& scope) {
        const Reply made = server.call("POST", "/credentials",
                                       R"({"label":"partner","scopes":[")" + scope + R"("]})");
        REQUIRE(made.status() == 201);
        return made.text("secret");
    }
    Reply post(const std::string& secret, const std::string& target, const std::string& body) {
        HttpRequest request = TestApplication::make_request("POST", target, body);
        request.headers.emplace_back("authorization", "Bearer " + secret);
        return server.ask(std::move(request));
    }
    /// Posts until it is refused; returns how many were accepted.
    int post_until_refused(const std::string& secret, const std::string& target,
                           const std::string& body) {
        for (int accepted = 0; accepted < 20'000; ++accepted) {
            last = post(secret, target, body);
            if (last.status() != 201) return accepted;
        }
        return 20'000;
    }
    int events() {
        return server.call("GET", "/audit-logs?action=login").json["pagination"]["total"].GetInt();
    }

    ProtectedApplication server;
    Reply last;
};

std::string event(std::size_t size) {
    return R"({"event_type":"login","metadata":{"x":")" + std::string(size, 'x') + R"("}})";
}

TEST_CASE_FIXTURE(Storing, "audit events of one credential are limited by their number and size") {
    const auto writer = credential("audit:write");
    SUBCASE("large ones") {
        const int accepted = post_until_refused(writer, "/audit-events", event(15'000));
        CHECK(accepted >= 60);
        CHECK(accepted <= 72);
        CHECK(events() == accepted);
    }
    SUBCASE("small ones") {
        const int accepted = post_until_refused(writer, "/audit-events", event(1));
        CHECK(accepted >= 1'024);
        CHECK(accepted < 1'100);
    }
    CHECK(last.status() == 429);
    CHECK_FALSE(last.header("Retry-After").empty());
    CHECK(last.text("detail").find("1 MiB at once and 2 KiB a second") != std::string::npos);
    // Others are not affected.
    CHECK(post(credential("audit:write"), "/audit-events", event(1)).status() == 201);
    CHECK(server.call("POST", "/audit-events", event(1)).status() == 201);
}

TEST_CASE_FIXTURE(Storing, "changes of a credential without the scope admin are limited by size") {
    const auto writer = credential("broadcasters:write");
    const std::string body =
        R"({"display_name":"B","metadata":{"x":")" + std::string(15'000, 'x') + R"("}})";
    const int accepted = post_until_refused(writer, "/broadcasters", body);
    CHECK(accepted >= 530);
    CHECK(accepted <= 580);
    CHECK(last.status() == 429);
    CHECK_FALSE(last.header("Retry-After").empty());
    CHECK(last.text("detail").find("8 MiB at once and 50 KiB a second") != std::string::npos);
    CHECK(server.call("POST", "/broadcasters", body).status() == 201);
    const auto administrator = credential("admin");
    CHECK(post_until_refused(administrator, "/audit-events", event(15'000)) < 80);
    CHECK(post(administrator, "/broadcasters", body).status() == 201);
}

TEST_CASE_FIXTURE(Storing, "nobody can have more stored by making credentials") {
    const auto maker = credential(R"(credentials:write","audit:write","broadcasters:write)");
    const auto make = [&](const std::string& with) {
        const Reply made = post(
            with, "/credentials",
            R"({"label":"x","scopes":["credentials:write","audit:write","broadcasters:write"]})");
        REQUIRE(made.status() == 201);
        return made.text("secret");
    };
    const auto child = make(maker);
    const auto grandchild = make(child);
    SUBCASE("as audit events") {
        CHECK(post_until_refused(child, "/audit-events", event(15'000)) >= 60);
        for (const auto& other : {maker, grandchild, make(maker)}) {
            CHECK(post(other, "/audit-events", event(15'000)).status() == 429);
        }
    }
    SUBCASE("by changes") {
        const std::string body =
            R"({"display_name":"B","metadata":{"x":")" + std::string(15'000, 'x') + R"("}})";
        CHECK(post_until_refused(grandchild, "/broadcasters", body) >= 500);
        CHECK(last.status() == 429);
        for (const auto& other : {maker, child}) {
            CHECK(post(other, "/broadcasters", body).status() == 429);
        }
    }
    // Others are not affected, nor what an administrator makes.
    const auto administrator = credential("admin");
    CHECK(post(make(administrator), "/audit-events", event(15'000)).status() == 201);
    CHECK(post(credential("audit:write"), "/audit-events", event(15'000)).status() == 201);
}

TEST_CASE_FIXTURE(Storing, "whoever has the shared secret shares one allowance of audit events") {
    int accepted = 0;
    for (int i = 0; i < 100; ++i) {
        const Reply reply = server.call("POST", "/audit-events", event(15'000));
        accepted += reply.status() == 201 ? 1 : 0;
    }
    CHECK(accepted <= 72);
    CHECK(accepted >= 60);
}

}  // namespace
}  // namespace rescuestream::server::testing
