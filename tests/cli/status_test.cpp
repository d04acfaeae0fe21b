#include <doctest/doctest.h>

#include "admin/http_admin.hpp"
#include "http_stub.hpp"
#include "test_cli.hpp"

using namespace rescuestream;
using namespace rescuestream::cli;

namespace {

HttpStub::Answer answer(int status, const std::string& body) {
    return [status, body](const auto&, auto& response) {
        response.status = status;
        response.set_content(body, "application/json; charset=utf-8");
    };
}

Ran status_of(const HttpStub& stub, std::vector<std::string> more = {}) {
    TestCli cli;
    cli.through_server = true;
    cli.environment["API_SECRET"] = "topsecret";
    std::vector<std::string> arguments{"--server", stub.origin(), "status"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return cli.run(arguments);
}

constexpr const char* kNotReady =
    R"({"status":"not ready","database":"unreachable","media_server":"ok","checks":[)"
    R"({"name":"database","status":"failed","age_ms":0,"reason":"The database does not answer."},)"
    R"({"name":"node:default","status":"ok","age_ms":61000}]})";

}  // namespace

TEST_CASE("status shows the checks of the database and of each node") {
    TestCli cli;
    const auto ran = cli.run({"status"});
    CHECK(ran.code == 0);
    const auto lines = lines_of(ran.out);
    REQUIRE(lines.size() == 4);
    CHECK(lines[0].starts_with("CHECK"));
    CHECK(lines[1].starts_with("database        ok"));
    CHECK(lines[2].starts_with("database_space  ok"));
    CHECK(lines[3].starts_with("node:default"));
    CHECK(cli.run({"status", "--quiet"}).out == "ready\n");
    CHECK(cli.run({"status", "--json"})
              .out.starts_with(
                  R"({"status":"ready","checks":[{"name":"database","status":"ok","age_ms":0})"));
}

TEST_CASE("status through a server that is not ready shows its checks and ends with code 6") {
    HttpStub stub(answer(503, kNotReady));
    const auto ran = status_of(stub);
    CHECK(ran.code == 6);
    CHECK(stub.requests().at(0).path == "/readyz");
    CHECK(stub.requests().at(0).has_param("verbose"));
    CHECK(contains(ran.out, "database      failed  0 s        The database does not answer."));
    CHECK(contains(ran.out, "node:default  ok      1 min 1 s  -"));
    CHECK(status_of(stub, {"--quiet"}).out == "not ready\n");
    const auto json = status_of(stub, {"--json"});
    CHECK(json.code == 6);
    CHECK(json.out ==
          R"({"status":"not ready","checks":[{"name":"database","status":"failed","age_ms":0,)"
          R"("reason":"The database does not answer."},)"
          R"({"name":"node:default","status":"ok","age_ms":61000}]})"
          "\n");
}

TEST_CASE("an answer without checks, or with an unknown status, is reported as such") {
    HttpStub proxy(answer(503, R"({"message":"no server available"})"));
    CHECK(status_of(proxy).code == 1);
    CHECK(contains(status_of(proxy).err, "does not match its API"));
    HttpStub newer(answer(200, R"({"checks":[{"name":"a","status":"excellent"}]})"));
    CHECK(status_of(newer).code == 1);
}

TEST_CASE("a node whose state has an unknown name is an error and not an endless search") {
    HttpStub stub(
        answer(200, R"({"nodes":[{"name":"a","label":"","health":"frozen"}],"count":1})"));
    testing::ManualClock clock;
    const auto owned = make_http_admin(server_at(stub.origin()), clock);
    const AdminApi& admin = *owned;
    const auto nodes = admin.nodes().list_nodes();
    REQUIRE_FALSE(nodes);
    CHECK(nodes.error().code == ErrorCode::kInternal);
}
