// The behaviour of every HTTP carrier: the reactor, the stock server of cpp-httplib (HTTP_ENGINE),
// and the routes in another program's server (rescuestream::mount). Behaviour of the reactor alone
// is in http_test.cpp, edge_test.cpp and hostile_clients_test.cpp.

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <httplib.h>

#include <atomic>
#include <thread>
#include <vector>

#include "carrier_case.hpp"
#include "raw_client.hpp"
#include "raw_requests.hpp"
#include "support/crypto.hpp"

namespace rescuestream::server::testing {
namespace {

TEST_CASE_TEMPLATE("a client that keeps its connections is served repeatedly", Server, OverReactor,
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
    CHECK(address_in_audit(loopback, {{"X-Forwarded-For", "::ffff:192.0.2.9"}}) == "192.0.2.9");
    CHECK(address_in_audit(loopback, {{"X-Forwarded-For", "127.0.0.2"}}) == "127.0.0.2");
    CHECK(address_in_audit(loopback, {}) == "127.0.0.1");
}

TEST_CASE_TEMPLATE("a caller whom a proxy names without an address is not this machine", Server,
                   OverReactor, OverHttplib, InAnotherServer) {
    Settings settings;
    settings.trusted_proxies = {AddressRange::parse("127.0.0.0/8").value()};
    Server server(settings);
    httplib::Client client("127.0.0.1", server.port);
    for (const char* forwarded : {"nonsense", "unknown", "nonsense, 127.0.0.2", ","}) {
        CAPTURE(forwarded);
        const auto made =
            client.Post("/broadcasters", {{"X-API-Key", kSecret}, {"X-Forwarded-For", forwarded}},
                        R"({"display_name":"A"})", "application/json");
        REQUIRE(made);
        CHECK(made->status == 201);
        CHECK(server.test->list_audit({}).value().entries.at(0).ip_address == "0.0.0.0");
    }
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
    REQUIRE(client.send("HEAD /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"));
    const std::string answer = client.receive_answer(false);
    CHECK(status_of(answer) == 200);
    CHECK(header_of(answer, "Content-Length") == "31");
    CHECK(client.is_closed_by_peer());
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

}  // namespace
}  // namespace rescuestream::server::testing
