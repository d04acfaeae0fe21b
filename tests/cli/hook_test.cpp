#include "hook.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>

#include "http_stub.hpp"
#include "support/temporary_directory.hpp"
#include "test_cli.hpp"

using namespace rescuestream;
using namespace rescuestream::cli;
using namespace std::chrono_literals;

namespace {

HookReport ready_report() {
    return {true, "live/drone1", "rtmpConn", "abc"};
}

struct Pauses {
    std::vector<std::chrono::milliseconds> waited;
    std::function<void(std::chrono::milliseconds)> function() {
        return [this](std::chrono::milliseconds pause) { waited.push_back(pause); };
    }
};

}  // namespace

TEST_CASE(
    "a hook posts the values that MediaMTX gives it, with the media secret of the environment") {
    HttpStub server([](const auto&, auto& response) { response.status = 204; });
    TestCli cli;
    cli.environment = {{"MTX_PATH", "live/drone1"},
                       {"MTX_SOURCE_TYPE", "rtmpConn"},
                       {"MTX_SOURCE_ID", "bec89519"},
                       {"MTX_QUERY", "pass=secret"},
                       {"RESCUESTREAM_MEDIA_SECRET", "s3cret"}};
    const auto ready = cli.run({"hook", "ready", "--server", server.origin()});
    CHECK(ready.code == 0);
    CHECK(ready.out.empty());
    CHECK(ready.err.empty());
    cli.environment.erase("RESCUESTREAM_MEDIA_SECRET");
    cli.environment.erase("MTX_SOURCE_TYPE");
    cli.environment["MTX_SOURCE_ID"] = "";
    cli.environment["RESCUESTREAM_SERVER"] = server.origin();
    CHECK(cli.run({"hook", "not-ready"}).code == 0);

    const auto requests = server.requests();
    REQUIRE(requests.size() == 2);
    CHECK(requests[0].method == "POST");
    CHECK(requests[0].path == "/webhook/ready");
    CHECK(requests[0].body ==
          R"({"path":"live/drone1","source_type":"rtmpConn","source_id":"bec89519"})");
    CHECK(requests[0].get_header_value("Content-Type") == "application/json");
    // base64 of "mediamtx:s3cret"
    CHECK(requests[0].get_header_value("Authorization") == "Basic bWVkaWFtdHg6czNjcmV0");
    CHECK(requests[1].path == "/webhook/not-ready");
    CHECK(requests[1].body == R"({"path":"live/drone1"})");
    CHECK_FALSE(requests[1].has_header("Authorization"));
    CHECK_FALSE(cli.opened);
}

TEST_CASE("a hook's secret may come from a file") {
    HttpStub server([](const auto&, auto& response) { response.status = 204; });
    const auto file =
        std::filesystem::temp_directory_path() / ("cli-hook-secret-" + std::to_string(::getpid()));
    std::ofstream(file) << "s3cret\n";
    TestCli cli;
    cli.environment = {{"MTX_PATH", "a"}, {"RESCUESTREAM_MEDIA_SECRET", "other"}};
    CHECK(
        cli.run({"hook", "ready", "--server", server.origin(), "--media-secret-file", file}).code ==
        0);
    REQUIRE(server.requests().size() == 1);
    CHECK(server.requests()[0].get_header_value("Authorization") == "Basic bWVkaWFtdHg6czNjcmV0");
    std::filesystem::remove(file);
}

TEST_CASE(
    "a hook takes server and secret from the settings file, and does not check other settings") {
    HttpStub server([](const auto&, auto& response) { response.status = 204; });
    const testing::TemporaryDirectory directory;
    std::ofstream(directory.file("secret")) << "a media secret\n";
    std::ofstream(directory.file("settings.toml"))
        << "RESCUESTREAM_SERVER = '" << server.origin() << "'\nMEDIA_SECRET_FILE = '"
        << directory.file("secret") << "'\nON_DUPLICATE = 'of no use to a hook'\n";
    TestCli cli;
    cli.environment = {{"MTX_PATH", "a"}, {"CONFIG_FILE", directory.file("settings.toml")}};
    CHECK(cli.run({"hook", "ready"}).code == 0);
    REQUIRE(server.requests().size() == 1);
    // base64 of "mediamtx:a media secret"
    CHECK(server.requests()[0].get_header_value("Authorization") ==
          "Basic bWVkaWFtdHg6YSBtZWRpYSBzZWNyZXQ=");
}

TEST_CASE("a hook that is not run by MediaMTX reports that") {
    TestCli cli;
    const auto ran = cli.run({"hook", "ready"});
    CHECK(ran.code == 2);
    CHECK(contains(ran.err, "MTX_PATH"));
}

TEST_CASE("a hook repeats its request until a failing server has recovered") {
    int answers = 0;
    HttpStub server(
        [&](const auto&, auto& response) { response.status = ++answers < 3 ? 503 : 204; });
    Pauses pauses;
    CHECK(deliver_hook({server.origin(), Secret("s")}, ready_report(), pauses.function()));
    CHECK(server.requests().size() == 3);
    CHECK(pauses.waited == std::vector{100ms, 300ms});
}

TEST_CASE("a hook gives up after five tries and three seconds of waiting") {
    HttpStub server([](const auto&, auto& response) { response.status = 500; });
    Pauses pauses;
    const auto failed = deliver_hook({server.origin(), {}}, ready_report(), pauses.function());
    REQUIRE_FALSE(failed);
    CHECK(failed.error().code == ErrorCode::kInternal);
    CHECK(server.requests().size() == 5);
    CHECK(pauses.waited == std::vector{100ms, 300ms, 800ms, 1'800ms});

    const auto nobody = deliver_hook({dead_origin(), {}}, ready_report(), pauses.function());
    REQUIRE_FALSE(nobody);
    CHECK(nobody.error().code == ErrorCode::kUnavailable);
    CHECK(pauses.waited.size() == 8);
}

TEST_CASE("a hook does not repeat a request that the server refused") {
    for (const auto& [status, code] :
         {std::pair{401, ErrorCode::kUnauthorized}, {400, ErrorCode::kInvalidArgument}}) {
        HttpStub server(
            [status = status](const auto&, auto& response) { response.status = status; });
        Pauses pauses;
        const auto refused = deliver_hook({server.origin(), {}}, ready_report(), pauses.function());
        REQUIRE_FALSE(refused);
        CHECK(refused.error().code == code);
        CHECK(server.requests().size() == 1);
        CHECK(pauses.waited.empty());
    }
}

TEST_CASE("the output of a hook contains neither a key nor the secret") {
    const std::string key = "sk_" + std::string(43, 'B');
    HttpStub server([&](const httplib::Request& request, httplib::Response& response) {
        response.status = 400;
        response.set_content(R"({"detail":"What is )" + key +
                                 R"(?","errors":[{"pointer":"/path",)" + R"("detail":"is )" + key +
                                 R"("}]})",
                             "application/problem+json");
        CHECK(contains(request.body, key));
    });
    TestCli cli;
    cli.environment = {{"MTX_PATH", key}, {"RESCUESTREAM_MEDIA_SECRET", "s3cret"}};
    const auto ran = cli.run({"hook", "ready", "--server", server.origin()});
    CHECK(ran.code == 2);
    CHECK(ran.err == "rescuestream-cli: MTX_PATH: is sk_***\n");
}
