// Where every HTTP carrier listens, and how it stops; and what is special about one of them.
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <httplib.h>

#include <filesystem>
#include <memory>
#include <string>

#include "carrier_case.hpp"
#include "raw_client.hpp"
#include "raw_requests.hpp"

namespace rescuestream::server::testing {
namespace {

TEST_CASE_TEMPLATE("MEDIA_LISTEN serves the media server's requests and no route of administrators",
                   Server, OverReactor, OverHttplib) {
    Settings settings;
    settings.media_listen = {"127.0.0.1", 0};
    Server server(settings);
    const std::uint16_t media_port = server.http.media_port();
    REQUIRE(media_port != 0);
    CHECK(media_port != server.port);
    httplib::Client media("127.0.0.1", media_port);
    CHECK(media.Post("/auth", kRead, "application/json")->status == 200);
    CHECK(media.Post("/webhook/ready", R"({"path":"a"})", "application/json")->status == 204);
    CHECK(media.Get("/livez")->status == 200);
    CHECK(media.Get("/streams", {{"X-API-Key", kSecret}})->status == 404);
    CHECK(media.Get("/streams")->status == 404);
    httplib::Client everybody("127.0.0.1", server.port);
    CHECK(everybody.Post("/auth", kRead, "application/json")->status == 200);
    CHECK(everybody.Get("/streams", {{"X-API-Key", kSecret}})->status == 200);
}

TEST_CASE_TEMPLATE("MEDIA_LISTEN can be a Unix socket, and replaces one that was left behind",
                   Server, OverReactor, OverHttplib) {
    const TemporaryDirectory directory;
    Settings settings;
    settings.media_listen = {"unix:" + (directory.path() / "media.sock").string(), 0};
    for (int run = 0; run < 2; ++run) {
        Server server(settings);
        httplib::Client media((directory.path() / "media.sock").string(), 80);
        media.set_address_family(AF_UNIX);
        const auto answer = media.Post("/auth", kRead, "application/json");
        REQUIRE(answer);
        CHECK(answer->status == 200);
    }
    CHECK(std::filesystem::exists(directory.path() / "media.sock"));
}

TEST_CASE_TEMPLATE("a second server cannot take the same port, nor the same Unix socket", Server,
                   OverReactor, OverHttplib) {
    const TemporaryDirectory directory;
    Settings with_socket;
    with_socket.media_listen = {"unix:" + (directory.path() / "media.sock").string(), 0};
    Server first(with_socket);
    TestApplication second;
    second.settings.http_engine = first.settings.http_engine;
    const auto bind_again = [&] {
        return make_carrier(second.application, second.settings, second.logger)->bind();
    };
    second.settings.media_listen = with_socket.media_listen;
    const auto same_socket = bind_again();
    REQUIRE_FALSE(same_socket.has_value());
    CHECK(same_socket.error().message.find("MEDIA_LISTEN") != std::string::npos);
    second.settings.api_port = first.port;
    const auto same_port = bind_again();
    REQUIRE_FALSE(same_port.has_value());
    CHECK(same_port.error().code == ErrorCode::kUnavailable);
    CHECK(same_port.error().message.find("API_PORT") != std::string::npos);
}

TEST_CASE_TEMPLATE("a server that is stopped before it starts does not start", Server, OverReactor,
                   OverHttplib) {
    TestApplication application;
    application.settings.http_engine = Server().settings.http_engine;
    const auto carrier =
        make_carrier(application.application, application.settings, application.logger);
    REQUIRE(carrier->bind().has_value());
    carrier->stop();
    CHECK(carrier->run());
}

TEST_CASE_TEMPLATE("a server that is stopped ends and accepts no more connections", Server,
                   OverReactor, OverHttplib) {
    Server server;
    {
        httplib::Client client("127.0.0.1", server.port);
        REQUIRE(client.Get("/livez"));
    }
    server.stop();
    CHECK(server.ended_as_asked);
    CHECK_THROWS(RawClient(server.port));
}

TEST_CASE("the stock server of cpp-httplib refuses a certificate with the names of the settings") {
    TestApplication application;
    application.settings.http_engine = HttpEngine::kHttplib;
    application.settings.tls_certificate = "/some/certificate.pem";
    const auto carrier =
        make_carrier(application.application, application.settings, application.logger);
    const auto bound = carrier->bind();
    REQUIRE_FALSE(bound.has_value());
    CHECK(bound.error().code == ErrorCode::kInvalidArgument);
    CHECK(bound.error().message.find("HTTP_ENGINE") != std::string::npos);
    CHECK(bound.error().message.find("TLS_CERTIFICATE") != std::string::npos);
}

TEST_CASE("paths that are not our routes are still served by the program that has the server") {
    InAnotherServer server;
    httplib::Client client("127.0.0.1", server.port);
    const auto own = client.Get("/own");
    REQUIRE(own);
    CHECK(own->body == "mine");
    const auto nothing = client.Get("/nothing");
    REQUIRE(nothing);
    CHECK(nothing->status == 404);
    CHECK_FALSE(nothing->has_header("X-Request-ID"));
    CHECK(client.Get("/streams/not-an-id", {{"X-API-Key", kSecret}})->status == 400);
    CHECK(client.Get("/streams/a/b/c", {{"X-API-Key", kSecret}})->status == 404);
}

TEST_CASE("routes are not mounted without a secret or with a proxy that is not an address") {
    TestOrchestrator test;
    httplib::Server server;
    MountOptions options;
    const auto without = mount(server, *test.orchestrator, options);
    REQUIRE_FALSE(without.has_value());
    CHECK(without.error().code == ErrorCode::kInvalidArgument);
    CHECK(without.error().fields.at(0).pointer == "/api_secret");
    options.api_secret = Secret(kSecret);
    options.trusted_proxies = {"10.0.0.0/8", "proxy.example"};
    const auto wrong = mount(server, *test.orchestrator, options);
    REQUIRE_FALSE(wrong.has_value());
    CHECK(wrong.error().fields.at(0).pointer == "/trusted_proxies/1");
}

}  // namespace
}  // namespace rescuestream::server::testing
