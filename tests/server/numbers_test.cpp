// Numbers from outside: their length and exponent neither crash nor mislead a route.

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <string>
#include <vector>

#include "routes/table.hpp"
#include "support/hostile_numbers.hpp"
#include "test_server.hpp"

namespace rescuestream::server::testing {
namespace {

using rescuestream::testing::extreme_numbers;
using rescuestream::testing::refused_numbers;

// Every route that takes JSON, with existing values in its path.
std::vector<std::pair<std::string, std::string>> changing_routes(TestApplication& server) {
    const auto key = server.test.key();
    std::vector<std::pair<std::string, std::string>> all;
    for (const Route& route : api_routes()) {
        if (route.method == "GET" || route.method == "DELETE" || route.takes_form) continue;
        std::string target(route.pattern);
        const auto put = [&](std::string_view place, const std::string& what) {
            if (const auto at = target.find(place); at != std::string::npos) {
                target.replace(at, place.size(), what);
            }
        };
        put("{node}", "default");
        put("{name}", "default");
        put("{id}", target.starts_with("/broadcasters") ? key.key.broadcaster_id.to_string()
                                                        : key.key.id.to_string());
        all.emplace_back(route.method, target);
    }
    return all;
}

std::vector<std::string> bodies_with(const std::string& number) {
    return {number,
            "[" + number + "]",
            "{\"x\":" + number + "}",
            "{\"display_name\":\"A\",\"metadata\":{\"x\":[" + number + "]}}",
            "{\"reconnect_window\":" + number + ",\"stale_after\":" + number + "}",
            "{\"block_seconds\":" + number + "}",
            "{\"overlap_seconds\":" + number + "}",
            "{\"path\":" + number + ",\"source_id\":\"a\"}",
            "{\"action\":\"publish\",\"path\":\"a\",\"id\":" + number + "}"};
}

TEST_CASE("no route that takes a body reads a number of extreme length or exponent") {
    TestApplication server;
    const auto all = changing_routes(server);
    REQUIRE(all.size() > 15);
    for (const auto& [method, target] : all) {
        CAPTURE(method);
        CAPTURE(target);
        for (const std::string& number : refused_numbers()) {
            CAPTURE(number.substr(0, 100));
            for (const std::string& body : bodies_with(number)) {
                // MediaMTX sends at most 64 KiB.
                if (body.size() > 64 * 1024) continue;
                const Reply reply = server.call(method, target, body);
                CHECK(reply.status() == 400);
                CHECK(reply.text("type") == "/errors/invalid-request");
            }
        }
    }
    CHECK(server.test->list_broadcasters().value().items.size() == 1);
}

TEST_CASE("an extreme number that can be read gets a normal answer everywhere") {
    TestApplication server;
    for (const auto& [method, target] : changing_routes(server)) {
        CAPTURE(method);
        CAPTURE(target);
        for (const std::string& number : extreme_numbers()) {
            CAPTURE(number);
            for (const std::string& body : bodies_with(number)) {
                CHECK(server.call(method, target, body).status() < 500);
            }
        }
    }
}

TEST_CASE("metadata is returned with its numbers as they were written") {
    TestApplication server;
    for (const std::string& number : extreme_numbers()) {
        CAPTURE(number);
        const Reply made =
            server.call("POST", "/broadcasters",
                        fmt::format(R"({{"display_name":"A","metadata":{{"n":{}}}}})", number));
        REQUIRE(made.status() == 201);
        CHECK(made.response.body.find("\"metadata\":{\"n\":" + number + "}") != std::string::npos);
    }
}

TEST_CASE("a number of a query is read completely, or refused with its name") {
    TestApplication server;
    for (const char* number :
         {"0", "-1", "1001", "NaN", "1e3", "0x10", "1.0", "%2B1", "18446744073709551616",
          "99999999999999999999999999999999999999999999999999999999999999999999999999999999"}) {
        CAPTURE(number);
        for (const char* list : {"/streams", "/stream-keys", "/broadcasters", "/audit-logs"}) {
            CHECK(server.call("GET", std::string(list) + "?limit=" + number).wrong_members() ==
                  "/limit");
        }
    }
    CHECK(server.call("GET", "/audit-logs?offset=18446744073709551616").wrong_members() ==
          "/offset");
    CHECK(server.call("GET", "/audit-logs?offset=-10").wrong_members() == "/offset");
}

TEST_CASE("a time in a request is within the years 1 to 9999, or refused with its name") {
    TestApplication server;
    const auto key = server.test.key();
    const std::string target = "/stream-keys/" + key.key.id.to_string();
    for (const char* time :
         {"99999-01-01T00:00:00Z", "0000-01-01T00:00:00Z", "-001-01-01T00:00:00Z",
          "9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+23:59", "2026-99-99T99:99:99Z",
          "2026-01-01T00:00:00+99:99", "2147483648-01-01T00:00:00Z"}) {
        CAPTURE(time);
        CHECK(server.call("PATCH", target, fmt::format(R"({{"expires_at":"{}"}})", time))
                  .wrong_members() == "/expires_at");
        std::string encoded(time);
        if (const auto plus = encoded.find('+'); plus != std::string::npos) {
            encoded.replace(plus, 1, "%2B");
        }
        CHECK(server.call("GET", "/streams?from=" + encoded).wrong_members() == "/from");
    }
    const std::string digits(10'000, '9');
    CHECK(server
              .call("PATCH", target,
                    fmt::format(R"({{"expires_at":"9999-12-31T23:59:59.{}Z"}})", digits))
              .status() == 200);
}

}  // namespace
}  // namespace rescuestream::server::testing
