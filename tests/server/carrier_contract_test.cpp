// The behaviour of every HTTP carrier: the reactor, the stock server of cpp-httplib (HTTP_ENGINE),
// and the routes in another program's server (rescuestream::mount). Behaviour of the reactor alone
// is in http_test.cpp, edge_test.cpp and hostile_clients_test.cpp.

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <httplib.h>

#include <atomic>
#include <filesystem>
#include <memory>
#include <thread>
#include <vector>

#include "raw_client.hpp"
#include "raw_requests.hpp"
#include "rescuestream/mount.hpp"
#include "support/crypto.hpp"
#include "support/temporary_directory.hpp"
#include "support/wait.hpp"
#include "test_server.hpp"

namespace rescuestream::server::testing {
namespace {

using rescuestream::testing::eventually;
using rescuestream::testing::TemporaryDirectory;

template <HttpEngine kEngine>
Settings with_engine(Settings settings) {
    settings.http_engine = kEngine;
    return settings;
}

template <HttpEngine kEngine>
class Carried : public TestServer {
public:
    explicit Carried(Settings with = {}) : TestServer(with_engine<kEngine>(std::move(with))) {}

    bool has_served(const std::string& route) const {
        for (const auto& seen : observer.all()) {
            if (seen.route == route) return true;
        }
        return false;
    }
};

using OverReactor = Carried<HttpEngine::kReactor>;
using OverHttplib = Carried<HttpEngine::kHttplib>;

/// A program with a server of its own, which has one route.
class InAnotherServer {
public:
    explicit InAnotherServer(const Settings& settings = {}) {
        MountOptions options;
        options.api_secret = Secret(kSecret);
        options.cors_origins = settings.cors_origins;
        options.logger = &logger;
        for (const auto& range : settings.trusted_proxies) {
            options.trusted_proxies.push_back(range.text());
        }
        mounted = std::make_unique<Mounted>(
            mount(server_, *test.orchestrator, std::move(options)).value());
        server_.Get("/own", [](const httplib::Request&, httplib::Response& response) {
            response.set_content("mine", "text/plain");
        });
        server_.set_tcp_nodelay(true);
        port = static_cast<std::uint16_t>(server_.bind_to_any_port("127.0.0.1"));
        thread_ = std::thread([this] { server_.listen_after_bind(); });
        REQUIRE(eventually([this] { return server_.is_running(); }));
    }
    ~InAnotherServer() {
        server_.stop();
        thread_.join();
    }
    bool has_served(const std::string& route) const {
        return mounted->metrics().find("route=\"" + route + "\"") != std::string::npos;
    }

    RecordingLogger logger;
    TestOrchestrator test;
    std::unique_ptr<Mounted> mounted;
    std::uint16_t port = 0;

private:
    httplib::Server server_;
    std::thread thread_;
};

TEST_CASE_TEMPLATE("a client is served repeatedly on one connection", Server, OverReactor,
                   OverHttplib, InAnotherServer) {
    Server server;
    httplib::Client client("127.0.0.1", server.port);
    client.set_keep_alive(true);
    for (int i = 0; i < 20; ++i) {
        const auto health = client.Get("/health");
        REQUIRE(health);
        CHECK(health->status == 200);
        CHECK(health->get_header_value("Content-Type") == "application/json; charset=utf-8");
        CHECK(health->body == R"({"status":"ok","database":"ok"})");
        const auto auth = client.Post("/auth", kRead, "application/json");
        REQUIRE(auth);
        CHECK(auth->status == 200);
        CHECK(auth->body.empty());
        CHECK(auth->get_header_value("Content-Length") == "0");
    }
    CHECK(server.has_served("/auth"));
}

TEST_CASE_TEMPLATE("a key can be created, used, listed and revoked", Server, OverReactor,
                   OverHttplib, InAnotherServer) {
    Server server;
    httplib::Client client("127.0.0.1", server.port);
    const httplib::Headers secret{{"X-API-Key", kSecret}};
    const auto read = [](const httplib::Result& result) {
        REQUIRE(result);
        Reply reply;
        reply.response.status = result->status;
        reply.response.body = result->body;
        reply.read_body();
        return reply;
    };
    const auto broadcaster =
        read(client.Post("/broadcasters", secret, R"({"display_name":"A"})", "application/json"));
    CHECK(broadcaster.status() == 201);
    const auto key =
        read(client.Post("/stream-keys", secret,
                         fmt::format(R"({{"broadcaster_id":"{}","playback_path":"live/a"}})",
                                     broadcaster.text("id")),
                         "application/json"));
    CHECK(key.status() == 201);
    const auto publish = [&] {
        return client
            .Post("/auth",
                  fmt::format(R"({{"action":"publish","path":"live/a","password":"{}",)"
                              R"("ip":"192.0.2.1","protocol":"rtmp","id":"c1"}})",
                              key.text("key_value")),
                  "application/json")
            ->status;
    };
    CHECK(publish() == 200);
    const auto list = client.Get("/stream-keys", secret);
    REQUIRE(list);
    CHECK(list->status == 200);
    CHECK(list->has_header("X-Request-ID"));
    CHECK(list->get_header_value("X-Content-Type-Options") == "nosniff");
    const auto revoked = client.Delete(("/stream-keys/" + key.text("id")).c_str(), secret);
    REQUIRE(revoked);
    CHECK(revoked->status == 204);
    CHECK(revoked->body.empty());
    CHECK(revoked->has_header("RescueStream-Cutoff"));
    CHECK(publish() == 401);
    CHECK(client.Get("/stream-keys")->status == 401);
}

TEST_CASE_TEMPLATE("a signed request is accepted", Server, OverReactor, OverHttplib,
                   InAnotherServer) {
    Server server;
    const std::string time = std::to_string(
        std::chrono::duration_cast<std::chrono::seconds>(server.test->now().time_since_epoch())
            .count());
    const std::string body = R"({"display_name":"A"})";
    httplib::Client client("127.0.0.1", server.port);
    const auto made = client.Post(
        "/broadcasters",
        {{"X-API-Key", "frontend-app"},
         {"X-Timestamp", time},
         {"X-Signature", signature_v1(Secret(kSecret), "POST", "/broadcasters", time, body)}},
        body, "application/json");
    REQUIRE(made);
    CHECK(made->status == 201);
    CHECK(server.test->list_audit({}).value().entries.at(0).actor == "frontend-app");
}

TEST_CASE_TEMPLATE("the peer's address is known, and no header changes it", Server, OverReactor,
                   OverHttplib, InAnotherServer) {
    Server server;
    httplib::Client client("127.0.0.1", server.port);
    const httplib::Headers headers{
        {"X-API-Key", kSecret}, {"REMOTE_ADDR", "6.6.6.6"}, {"X-Forwarded-For", "6.6.6.6"}};
    const auto created =
        client.Post("/broadcasters", headers, R"({"display_name":"A"})", "application/json");
    REQUIRE(created);
    CHECK(created->status == 201);
    CHECK(server.test->list_audit({}).value().entries.at(0).ip_address == "127.0.0.1");
}

TEST_CASE_TEMPLATE("only a trusted proxy can say who the caller is", Server, OverReactor,
                   OverHttplib, InAnotherServer) {
    const auto address_in_audit = [](const std::vector<AddressRange>& trusted,
                                     const httplib::Headers& forwarded) {
        Settings settings;
        settings.trusted_proxies = trusted;
        Server server(settings);
        httplib::Client client("127.0.0.1", server.port);
        httplib::Headers headers = forwarded;
        headers.emplace("X-API-Key", kSecret);
        const auto made =
            client.Post("/broadcasters", headers, R"({"display_name":"A"})", "application/json");
        REQUIRE(made);
        REQUIRE(made->status == 201);
        return server.test->list_audit({}).value().entries.at(0).ip_address;
    };
    const std::vector<AddressRange> loopback{AddressRange::parse("127.0.0.0/8").value()};
    CHECK(address_in_audit({}, {{"X-Forwarded-For", "192.0.2.9"}}) == "127.0.0.1");
    CHECK(address_in_audit(loopback, {{"X-Forwarded-For", "192.0.2.9"}}) == "192.0.2.9");
    CHECK(address_in_audit(loopback, {{"X-Forwarded-For", "6.6.6.6, 192.0.2.9, 127.0.0.2"}}) ==
          "192.0.2.9");
    CHECK(address_in_audit(loopback, {{"X-Forwarded-For", "nonsense"}}) == "127.0.0.1");
    CHECK(address_in_audit(loopback, {}) == "127.0.0.1");
}

TEST_CASE_TEMPLATE("a page of an allowed origin gets permission to send requests", Server,
                   OverReactor, OverHttplib, InAnotherServer) {
    Settings settings;
    settings.cors_origins = {"https://app.example.org"};
    Server server(settings);
    httplib::Client client("127.0.0.1", server.port);
    const auto asked = client.Options("/stream-keys", {{"Origin", "https://app.example.org"},
                                                       {"Access-Control-Request-Method", "POST"}});
    REQUIRE(asked);
    CHECK(asked->status == 204);
    CHECK(asked->get_header_value("Access-Control-Allow-Methods") == "GET, HEAD, POST");
}

TEST_CASE_TEMPLATE("HEAD gets the head of GET without its body", Server, OverReactor, OverHttplib,
                   InAnotherServer) {
    Server server;
    RawClient client(server.port);
    REQUIRE(client.send("HEAD /health HTTP/1.1\r\nHost: x\r\n\r\n"));
    const std::string answer = client.receive_answer(false);
    CHECK(status_of(answer) == 200);
    CHECK(header_of(answer, "Content-Length") == "31");
    REQUIRE(client.send(get("/livez")));
    CHECK(body_of(client.receive_answer()) == R"({"status":"ok"})");
}

TEST_CASE_TEMPLATE("a wrong method is 405 and tells the right ones", Server, OverReactor,
                   OverHttplib, InAnotherServer) {
    Server server;
    httplib::Client client("127.0.0.1", server.port);
    const auto answer = client.Put("/stream-keys", "", "application/json");
    REQUIRE(answer);
    CHECK(answer->status == 405);
    CHECK(answer->get_header_value("Allow") == "GET, HEAD, POST");
    CHECK(answer->get_header_value("Content-Type") == "application/problem+json");
}

TEST_CASE_TEMPLATE("a connection ends when the caller asks for it, and with HTTP/1.0", Server,
                   OverReactor, OverHttplib, InAnotherServer) {
    Server server;
    for (const std::string& request :
         {get("/livez", "Connection: close\r\n"), get("/livez", "Connection: TE, Close\r\n"),
          std::string("GET /livez HTTP/1.0\r\n\r\n")}) {
        CAPTURE(request);
        RawClient client(server.port);
        REQUIRE(client.send(request));
        const std::string answer = client.receive_answer();
        CHECK(status_of(answer) == 200);
        CHECK(header_of(answer, "Connection") == "close");
        CHECK(count_headers(answer, "Connection") == 1);
        CHECK(client.is_closed_by_peer());
    }
}

TEST_CASE_TEMPLATE("a chunked body is read up to the limit", Server, OverReactor, OverHttplib,
                   InAnotherServer) {
    Server server;
    const std::string head =
        "POST /auth HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        "Transfer-Encoding: chunked\r\n\r\n";
    RawClient good(server.port);
    REQUIRE(good.send(head + "B\r\n{\"action\":\"\r\n16\r\nread\",\"path\":\"live/a\"}\r\n"
                             "0\r\n\r\n"));
    CHECK(status_of(good.receive_answer()) == 200);

    RawClient large(server.port);
    REQUIRE(large.send(head + "10001\r\n" + std::string(0x10001, ' ') + "\r\n0\r\n\r\n"));
    const std::string answer = large.receive_answer();
    CHECK(status_of(answer) == 413);
    CHECK(header_of(answer, "Connection") == "close");
    CHECK(large.is_closed_by_peer());

    for (const char* chunks : {"zz\r\nx\r\n0\r\n\r\n", "-1\r\nx\r\n0\r\n\r\n",
                               "1\r\nxy\r\n0\r\n\r\n", "FFFFFFFFFFFFFFFFF\r\nx\r\n0\r\n\r\n"}) {
        CAPTURE(chunks);
        RawClient malformed(server.port);
        REQUIRE(malformed.send(head + chunks));
        CHECK(status_of(malformed.receive_answer()) == 400);
        CHECK(malformed.is_closed_by_peer());
    }
}

TEST_CASE_TEMPLATE("an answer that comes before the body was read closes the connection", Server,
                   OverReactor, OverHttplib, InAnotherServer) {
    Server server;
    const std::string smuggled = get("/livez");
    struct Case {
        const char* name;
        std::string request;
        int status;
    };
    for (const auto& [name, request, status] :
         {Case{"no credential", post("/broadcasters", smuggled), 401},
          Case{"wrong method", post("/streams", smuggled), 405},
          Case{"encoded", post("/auth", smuggled, "Content-Encoding: gzip\r\n"), 415}}) {
        CAPTURE(name);
        RawClient client(server.port);
        REQUIRE(client.send(request));
        const std::string answer = client.receive_answer();
        CHECK(status_of(answer) == status);
        CHECK(header_of(answer, "Connection") == "close");
        CHECK(client.is_closed_by_peer());
    }
    CHECK_FALSE(server.has_served("/livez"));
}

TEST_CASE_TEMPLATE("bytes after a body that is not read are never taken for a request", Server,
                   OverReactor, OverHttplib, InAnotherServer) {
    Server server;
    const std::string smuggled = get("/livez");
    const std::string length = fmt::format("Content-Length: {}\r\n", smuggled.size());
    const std::string multipart =
        "POST /auth HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=b\r\n" +
        length + "\r\n" + smuggled;
    for (const std::string& request :
         {get("/health", length) + smuggled,
          "HEAD /health HTTP/1.1\r\nHost: x\r\n" + length + "\r\n" + smuggled,
          "OPTIONS /health HTTP/1.1\r\nHost: x\r\n" + length + "\r\n" + smuggled, multipart}) {
        CAPTURE(request);
        RawClient client(server.port);
        REQUIRE(client.send(request + get("/health", "Connection: close\r\n")));
        CHECK_FALSE(client.receive_answer(false).empty());
        client.receive_to_the_end();
        CHECK(client.is_closed_by_peer());
    }
    CHECK_FALSE(server.has_served("/livez"));
}

TEST_CASE_TEMPLATE("Content-Encoding: identity is accepted in any letter case", Server, OverReactor,
                   OverHttplib, InAnotherServer) {
    Server server;
    for (const char* encoding : {"identity", "Identity", "identity, IDENTITY", ""}) {
        CAPTURE(encoding);
        RawClient client(server.port);
        REQUIRE(
            client.send(post("/auth", kRead, fmt::format("Content-Encoding: {}\r\n", encoding))));
        CHECK(status_of(client.receive_answer()) == 200);
    }
    for (const char* encoding : {"gzip", "identity, gzip", "br"}) {
        CAPTURE(encoding);
        RawClient client(server.port);
        REQUIRE(
            client.send(post("/auth", kRead, fmt::format("Content-Encoding: {}\r\n", encoding))));
        CHECK(status_of(client.receive_answer()) == 415);
    }
}

TEST_CASE_TEMPLATE("a body whose announced length is too large is refused before it is sent",
                   Server, OverReactor, OverHttplib, InAnotherServer) {
    Server server;
    RawClient client(server.port);
    REQUIRE(
        client.send("POST /auth HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                    "Content-Length: 10000000\r\n\r\n"));
    const std::string answer = client.receive_answer();
    CHECK(status_of(answer) == 413);
    CHECK(body_of(answer).find("/errors/payload-too-large") != std::string::npos);
}

TEST_CASE_TEMPLATE("ambiguous headers are refused", Server, OverReactor, OverHttplib,
                   InAnotherServer) {
    Server server;
    const std::string head = "POST /auth HTTP/1.1\r\nHost: x\r\n";
    for (const std::string& request :
         {head + "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}",
          head + "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
          head + "Content-Length: +2\r\n\r\n{}", head + "Content-Length: 2x\r\n\r\n{}",
          head + "Content-Length: -1\r\n\r\n{}", head + "Content-Length: 2, 2\r\n\r\n{}",
          head + "Transfer-Encoding: gzip\r\n\r\n{}",
          head + "Transfer-Encoding: chunked, identity\r\n\r\n{}", head + "Host: y\r\n\r\n",
          std::string("GET /livez HTTP/1.1\r\n\r\n")}) {
        CAPTURE(request);
        RawClient client(server.port);
        REQUIRE(client.send(request));
        const std::string answer = client.receive_answer();
        CHECK(status_of(answer) == 400);
        CHECK(header_of(answer, "Content-Type") == "application/problem+json");
        CHECK_FALSE(header_of(answer, "X-Request-ID").empty());
        CHECK(client.is_closed_by_peer());
    }
}

TEST_CASE_TEMPLATE("a malformed request line is refused, and no bytes after it are a request",
                   Server, OverReactor, OverHttplib) {
    Server server;
    for (const char* line : {"GET /li vez HTTP/1.1\r\n", "GET /health HTTP/2.0\r\n", "nonsense\r\n",
                             "GET /health HTTP/1.1\n"}) {
        CAPTURE(line);
        RawClient client(server.port);
        REQUIRE(client.send(std::string(line) + "Host: x\r\n\r\n" + get("/livez")));
        const std::string answer = client.receive_answer();
        CHECK(status_of(answer) == 400);
        CHECK(header_of(answer, "Content-Type") == "application/problem+json");
        CHECK_FALSE(header_of(answer, "X-Request-ID").empty());
        CHECK(client.is_closed_by_peer());
    }
    CHECK_FALSE(server.has_served("/livez"));
}

TEST_CASE_TEMPLATE("range requests and compression are ignored", Server, OverReactor, OverHttplib,
                   InAnotherServer) {
    Server server;
    RawClient client(server.port);
    REQUIRE(client.send(
        get("/openapi.yaml", "Range: bytes=0-,0-,0-\r\nAccept-Encoding: br, gzip\r\n")));
    const std::string answer = client.receive_answer();
    CHECK(status_of(answer) == 200);
    CHECK(count_headers(answer, "Content-Encoding") == 0);
    CHECK(body_of(answer).starts_with("openapi: 3.1.0"));
}

TEST_CASE_TEMPLATE("a client that expects 100-continue gets it", Server, OverReactor, OverHttplib,
                   InAnotherServer) {
    Server server;
    RawClient client(server.port);
    REQUIRE(
        client.send(fmt::format("POST /auth HTTP/1.1\r\nHost: x\r\nContent-Type: "
                                "application/json\r\nContent-Length: {}\r\nExpect: "
                                "100-continue\r\n\r\n",
                                kRead.size())));
    CHECK(status_of(client.receive_answer()) == 100);
    REQUIRE(client.send(kRead));
    CHECK(status_of(client.receive_answer()) == 200);
}

TEST_CASE_TEMPLATE("a hundred callers at once are all served", Server, OverReactor, OverHttplib) {
    Server server;
    std::atomic<int> good{0};
    std::vector<std::thread> callers;
    for (int i = 0; i < 100; ++i) {
        callers.emplace_back([&] {
            httplib::Client client("127.0.0.1", server.port);
            const auto answer = client.Post("/auth", kRead, "application/json");
            if (answer && answer->status == 200) ++good;
        });
    }
    for (auto& caller : callers) caller.join();
    CHECK(good == 100);
}

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
