#include <doctest/doctest.h>

#include "protected_application.hpp"

namespace rescuestream::server::testing {
namespace {

TEST_CASE("sessions that are made in a loop are refused, and write no more to the audit log") {
    ProtectedApplication server;
    const auto logins = [&] {
        return server.call("GET", "/audit-logs?action=login").json["pagination"]["total"].GetInt();
    };
    Reply last;
    for (int i = 0; i < 60; ++i) last = server.call("POST", "/session");
    CHECK(last.status() == 201);
    for (int i = 0; i < 10; ++i) last = server.call("POST", "/session");
    CHECK(last.status() == 429);
    CHECK_FALSE(last.header("Retry-After").empty());
    CHECK(last.text("detail").find("use the one that you have") != std::string::npos);
    CHECK(logins() == 60);

    // Another credential is not affected, and neither are other requests with this one.
    const Reply other =
        server.call("POST", "/credentials", R"({"label":"page","scopes":["streams:read"]})");
    HttpRequest request = TestApplication::make_request("POST", "/session");
    request.headers.emplace_back("authorization", "Bearer " + other.text("secret"));
    CHECK(server.ask(std::move(request)).status() == 201);
    CHECK(server.call("GET", "/streams").status() == 200);
}

}  // namespace
}  // namespace rescuestream::server::testing
