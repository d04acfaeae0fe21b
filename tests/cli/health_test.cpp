#include <doctest/doctest.h>

#include "http_stub.hpp"
#include "support/free_port.hpp"
#include "test_cli.hpp"

using namespace rescuestream;
using namespace rescuestream::cli;

namespace {

HttpStub::Answer reply(int status, const std::string& body) {
    return [status, body](const auto&, auto& response) {
        response.status = status;
        response.set_content(body, "application/json; charset=utf-8");
    };
}

std::string port_in(const std::string& origin) {
    return origin.substr(origin.rfind(':') + 1);
}

TEST_CASE("health finds the server by the settings that the server has") {
    HttpStub stub(reply(200, R"({"status":"ready","checks":[]})"));
    for (const auto& [name, value] :
         {std::pair<std::string, std::string>{"API_PORT", port_in(stub.origin())},
          {"API_PORT", ":" + port_in(stub.origin())},
          {"API_HOST", "0.0.0.0:" + port_in(stub.origin())},
          {"RESCUESTREAM_SERVER", stub.origin()}}) {
        CAPTURE(value);
        TestCli cli;
        cli.environment[name] = value;
        const Ran ran = cli.run({"health"});
        CHECK(ran.code == 0);
        CHECK(ran.out == "ready\n");
        CHECK(ran.err.empty());
    }
    CHECK(stub.requests().at(0).path == "/readyz");
    TestCli cli;
    CHECK(cli.run({"health", "--live", "--server", stub.origin()}).out == "live\n");
    CHECK(stub.requests().back().path == "/livez");
}

TEST_CASE("health says in one line why the server is not ready, and ends with code 1") {
    HttpStub stub(reply(
        503, R"({"status":"not ready","checks":[)"
             R"({"name":"database","status":"failed","age_ms":0,"reason":"The disk is full."},)"
             R"({"name":"node:default","status":"warning","age_ms":0,"reason":"Unimportant."},)"
             R"({"name":"first_poll","status":"failed","reason":"Not polled yet."}]})"));
    TestCli cli;
    const Ran ran = cli.run({"health", "--server", stub.origin()});
    CHECK(ran.code == 1);
    CHECK(ran.out == "not ready: The disk is full. Not polled yet.\n");
}

TEST_CASE("every failure of health has code 1 and one line") {
    HttpStub other(reply(404, "{}"));
    const std::string nobody = "127.0.0.1:" + std::to_string(rescuestream::testing::free_port());
    for (const auto& [name, value, said] :
         {std::array<std::string, 3>{"RESCUESTREAM_SERVER", other.origin(),
                                     "is not rescuestream-server (status 404)"},
          {"RESCUESTREAM_SERVER", "http://" + nobody, "no program listens at " + nobody},
          {"API_PORT", "0", "--server"},
          {"API_PORT", "tcp://10.0.0.1:8080", "enableServiceLinks"},
          {"API_PORT", "none", "API_PORT must be"}}) {
        CAPTURE(value);
        TestCli cli;
        cli.environment[name] = value;
        const Ran ran = cli.run({"health"});
        CHECK(ran.code == 1);
        CHECK(lines_of(ran.out).size() == 1);
        CHECK(contains(ran.out, said));
        CHECK(ran.err.empty());
    }
}

}  // namespace
