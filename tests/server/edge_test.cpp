// Addresses to listen on, TLS, proxies, browsers: the network side of the server.

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <httplib.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>

#include "http/client_address.hpp"
#include "raw_client.hpp"
#include "support/temporary_directory.hpp"
#include "support/wait.hpp"
#include "test_server.hpp"

namespace rescuestream::server::testing {
namespace {

using rescuestream::testing::eventually;
using rescuestream::testing::TemporaryDirectory;

// A key and a certificate of its own for `name`, as PEM files.
void make_certificate(const std::filesystem::path& directory, const std::string& name) {
    const std::string command = fmt::format(
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 "
        "-subj /CN={0} -keyout {1}/key.new -out {1}/certificate.new 2>/dev/null",
        name, directory.string());
    REQUIRE(std::system(command.c_str()) == 0);
    std::filesystem::rename(directory / "key.new", directory / "key.pem");
    std::filesystem::rename(directory / "certificate.new", directory / "certificate.pem");
}

// Returns the subject of the server's certificate; "" when it cannot be reached.
std::string certified_name(std::uint16_t port) {
    httplib::SSLClient client("127.0.0.1", port);
    client.enable_server_certificate_verification(false);
    std::string name;
    SSL_CTX_set_verify(client.ssl_context(), SSL_VERIFY_PEER,
                       [](int, X509_STORE_CTX*) { return 1; });
    SSL_CTX_set_cert_verify_callback(
        client.ssl_context(),
        [](X509_STORE_CTX* context, void* out) {
            char text[256] = {};
            X509_NAME_get_text_by_NID(X509_get_subject_name(X509_STORE_CTX_get0_cert(context)),
                                      NID_commonName, text, sizeof text);
            *static_cast<std::string*>(out) = text;
            return 1;
        },
        &name);
    const auto answer = client.Get("/livez");
    return answer && answer->status == 200 ? name : "";
}

TEST_CASE("with a certificate the API speaks TLS, and a changed one needs no restart") {
    const TemporaryDirectory directory;
    make_certificate(directory.path(), "first.example");
    Settings settings;
    settings.tls_certificate = (directory.path() / "certificate.pem").string();
    settings.tls_key = (directory.path() / "key.pem").string();
    TestServer server(settings);
    CHECK(certified_name(server.port) == "first.example");

    httplib::SSLClient client("127.0.0.1", server.port);
    client.enable_server_certificate_verification(false);
    client.set_keep_alive(true);
    const std::string long_name(200'000, 'x');
    for (int i = 0; i < 3; ++i) {
        const auto answer =
            client.Post("/broadcasters", {{"X-API-Key", kSecret}},
                        fmt::format(R"({{"display_name":"A","metadata":{{"a":"{}"}}}})", long_name),
                        "application/json");
        REQUIRE(answer);
        // Too much metadata: the body is read completely, and refused.
        CHECK(answer->status == 400);
        CHECK(answer->has_header("Strict-Transport-Security"));
        const auto document = client.Get("/openapi.json");
        REQUIRE(document);
        CHECK(document->body.size() > 10'000);
    }
    RawClient plain(server.port);
    REQUIRE(plain.send("GET /livez HTTP/1.1\r\nHost: x\r\n\r\n"));
    CHECK(plain.is_closed_by_peer());

    make_certificate(directory.path(), "second.example");
    CHECK(eventually([&] { return certified_name(server.port) == "second.example"; }));
    // A named pipe in its place is not waited for, and leaves the old one in use.
    const auto pem = directory.path() / "certificate.pem";
    std::filesystem::rename(pem, directory.path() / "kept.pem");
    REQUIRE(::mkfifo(pem.c_str(), 0600) == 0);
    CHECK(eventually([&] {
        (void)certified_name(server.port);
        return server.logger.text().find("is no ordinary file") != std::string::npos;
    }));
    CHECK(certified_name(server.port) == "second.example");
    std::filesystem::remove(pem);
    std::filesystem::rename(directory.path() / "kept.pem", pem);
    // A certificate that cannot be used leaves the old one in use.
    std::filesystem::resize_file(directory.path() / "certificate.pem", 10);
    CHECK(eventually([&] {
        return certified_name(server.port) == "second.example" &&
               server.logger.text().find("the changed certificate cannot be used") !=
                   std::string::npos;
    }));
}

TEST_CASE("incomplete handshakes do not keep other callers out, and are cut off in time") {
    const TemporaryDirectory directory;
    make_certificate(directory.path(), "first.example");
    Settings settings;
    settings.tls_certificate = (directory.path() / "certificate.pem").string();
    settings.tls_key = (directory.path() / "key.pem").string();
    settings.media_listen = {"127.0.0.1", 0};
    ConnectionLimits limits;
    limits.handshakes = 8;
    TestServer server(settings, limits);
    std::vector<std::unique_ptr<RawClient>> silent;
    for (int i = 0; i < 40; ++i) {
        silent.push_back(std::make_unique<RawClient>(server.port));
        if (i % 2 == 0) silent.back()->send("\x16\x03\x01");  // a record begins
        if (i % 8 != 7) continue;
        CHECK(certified_name(server.port) == "first.example");
        httplib::Client media("127.0.0.1", server.http.media_port());
        CHECK(media.Post("/auth", kRead, "application/json")->status == 200);
    }
    CHECK(server.http.counts().evicted >= 32);
    CHECK(eventually([&] { return server.http.counts().connections <= 8; }));

    limits.handshake = std::chrono::milliseconds(200);
    TestServer strict(settings, limits);
    RawClient never(strict.port);
    CHECK(never.is_closed_by_peer());
}

TEST_CASE("with a certificate that cannot be used the server names it and does not start") {
    const TemporaryDirectory directory;
    TestApplication application;
    application.settings.tls_certificate = (directory.path() / "none.pem").string();
    application.settings.tls_key = (directory.path() / "none.key").string();
    const auto carrier =
        make_carrier(application.application, application.settings, application.logger);
    const auto bound = carrier->bind();
    REQUIRE_FALSE(bound.has_value());
    CHECK(bound.error().code == ErrorCode::kInvalidArgument);
    CHECK(bound.error().message.find("TLS_CERTIFICATE") != std::string::npos);
}

TEST_CASE("pages of allowed origins may send requests, and others get no permission") {
    Settings settings;
    settings.cors_origins = {"https://app.example.org"};
    TestApplication server(settings);
    HttpRequest ask = TestApplication::make_request("OPTIONS", "/stream-keys");
    ask.headers = {{"origin", "https://app.example.org"},
                   {"access-control-request-method", "POST"},
                   {"access-control-request-headers", "x-api-key"}};
    const Reply allowed = server.send(ask);
    CHECK(allowed.status() == 204);
    CHECK(allowed.header("Access-Control-Allow-Origin") == "https://app.example.org");
    CHECK(allowed.header("Access-Control-Allow-Methods") == "GET, HEAD, POST");
    CHECK(allowed.header("Access-Control-Allow-Headers").find("X-API-Key") != std::string::npos);
    CHECK(allowed.header("Vary") == "Origin");

    ask.headers[0].second = "https://evil.example";
    const Reply refused = server.send(ask);
    CHECK(refused.status() == 405);
    CHECK(refused.header("Access-Control-Allow-Origin").empty());

    HttpRequest get = TestApplication::make_request("GET", "/streams");
    get.headers = {{"origin", "https://app.example.org"}, {"x-api-key", kSecret}};
    const Reply list = server.send(get);
    CHECK(list.status() == 200);
    CHECK(list.header("Access-Control-Allow-Origin") == "https://app.example.org");
    CHECK(list.header("Access-Control-Expose-Headers").find("ETag") != std::string::npos);
}

TEST_CASE("without CORS_ORIGINS no page of another origin may send requests") {
    TestApplication server;
    HttpRequest get = TestApplication::make_request("GET", "/streams");
    get.headers = {{"origin", "https://app.example.org"}, {"x-api-key", kSecret}};
    const Reply list = server.send(get);
    CHECK(list.status() == 200);
    CHECK(list.header("Access-Control-Allow-Origin").empty());
}

TEST_CASE("answers have headers that restrict browsers") {
    TestApplication server;
    for (const char* target : {"/streams", "/health", "/nothing", "/errors/not-found"}) {
        CAPTURE(target);
        const Reply reply = server.call("GET", target);
        CHECK(reply.header("X-Content-Type-Options") == "nosniff");
        CHECK(reply.header("X-Frame-Options") == "DENY");
        CHECK(reply.header("Referrer-Policy") == "no-referrer");
        CHECK(reply.header("Content-Security-Policy").find("default-src 'none'") == 0);
        CHECK(reply.header("Strict-Transport-Security").empty());
    }
}

TEST_CASE("an HTTP/1.0 client keeps its connection if it asks for that") {
    TestServer server;
    RawClient client(server.port);
    for (int i = 0; i < 3; ++i) {
        REQUIRE(client.send("GET /livez HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n"));
        const std::string answer = client.receive_answer();
        CHECK(status_of(answer) == 200);
        CHECK(header_of(answer, "Connection") == "keep-alive");
    }
    REQUIRE(client.send("GET /livez HTTP/1.0\r\n\r\n"));
    CHECK(header_of(client.receive_answer(), "Connection") == "close");
    CHECK(client.is_closed_by_peer());
}

TEST_CASE("an unknown expectation, or one before a refused body, is answered before the body") {
    TestServer server;
    RawClient odd(server.port);
    REQUIRE(odd.send("GET /livez HTTP/1.1\r\nHost: x\r\nExpect: 200-maybe\r\n\r\n"));
    CHECK(status_of(odd.receive_answer()) == 417);

    RawClient stranger(server.port);
    REQUIRE(
        stranger.send("POST /broadcasters HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                      "Content-Length: 20\r\nExpect: 100-continue\r\n\r\n"));
    CHECK(status_of(stranger.receive_answer()) == 401);
    CHECK(stranger.is_closed_by_peer());
}

TEST_CASE("a request may arrive byte by byte, and two may arrive together") {
    TestServer server;
    const std::string request = fmt::format(
        "POST /auth HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: "
        "chunked\r\n\r\n{:x}\r\n{}\r\n0\r\n\r\n",
        kRead.size(), kRead);
    RawClient client(server.port);
    for (const char byte : request) REQUIRE(client.send({&byte, 1}));
    CHECK(status_of(client.receive_answer()) == 200);
    REQUIRE(client.send("\r\n" + request + request.substr(0, 40)));
    CHECK(status_of(client.receive_answer()) == 200);
    REQUIRE(client.send(request.substr(40)));
    CHECK(status_of(client.receive_answer()) == 200);
}

}  // namespace
}  // namespace rescuestream::server::testing
