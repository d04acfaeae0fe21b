// The reactor on a real socket: its behaviour beyond that of every carrier
// (carrier_contract_test.cpp), and its protection.

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <httplib.h>

#include <atomic>
#include <memory>

#include "raw_client.hpp"
#include "raw_requests.hpp"
#include "support/faulty_storage.hpp"
#include "support/wait.hpp"
#include "test_server.hpp"

namespace rescuestream::server::testing {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

TEST_CASE("a header's value is read as it was sent") {
    TestServer server;
    server.settings.api_secret = Secret("a%41b");
    RawClient client(server.port);
    REQUIRE(client.send(get("/streams", "X-API-Key: a%41b\r\n")));
    CHECK(status_of(client.receive_answer()) == 200);
    REQUIRE(client.send(get("/streams", "X-API-Key: aAb\r\n")));
    CHECK(status_of(client.receive_answer()) == 401);
}

TEST_CASE("204 has no Content-Length and no body") {
    TestServer server;
    RawClient client(server.port);
    REQUIRE(client.send(post("/webhook/ready", R"({"path":"a"})")));
    const std::string answer = client.receive_answer();
    CHECK(status_of(answer) == 204);
    CHECK(count_headers(answer, "Content-Length") == 0);
    REQUIRE(client.send(get("/livez")));
    CHECK(status_of(client.receive_answer()) == 200);
}

TEST_CASE("requests sent ahead of their answers are all answered, in order") {
    TestServer server;
    RawClient client(server.port);
    REQUIRE(client.send(get("/livez") + post("/auth", kRead) + get("/nothing") + get("/health")));
    CHECK(status_of(client.receive_answer()) == 200);
    CHECK(status_of(client.receive_answer()) == 200);
    CHECK(status_of(client.receive_answer()) == 404);
    CHECK(body_of(client.receive_answer()) == R"({"status":"ok","database":"ok"})");
}

TEST_CASE(
    "extensions and trailers of a chunked body are skipped, and the connection stays usable") {
    TestServer server;
    const std::string head =
        "POST /auth HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        "Transfer-Encoding: chunked\r\n\r\n";
    RawClient client(server.port);
    REQUIRE(client.send(head + "B;x=y\r\n{\"action\":\"\r\n16\r\nread\",\"path\":\"live/a\"}\r\n"
                               "0\r\nTrailer: x\r\n\r\n"));
    CHECK(status_of(client.receive_answer()) == 200);
    REQUIRE(client.send(head + "10001\r\n" + std::string(0x10001, ' ') + "\r\n0\r\n\r\n"));
    const std::string answer = client.receive_answer();
    CHECK(status_of(answer) == 413);
    CHECK(header_of(answer, "Connection") == "close");
    CHECK(client.is_closed_by_peer());
}

TEST_CASE("a caller that sends a large body to the end still reads the refusal") {
    TestServer server;
    RawClient client(server.port);
    const std::string body(2'000'000, 'x');
    REQUIRE(client.send(post("/auth", body)));
    CHECK(status_of(client.receive_answer()) == 413);
}

TEST_CASE("the body of a GET is never taken for a request") {
    TestServer server;
    RawClient client(server.port);
    const std::string body = get("/health");
    REQUIRE(client.send(get("/livez", fmt::format("Content-Length: {}\r\n", body.size())) + body));
    CHECK(status_of(client.receive_answer()) == 415);
    REQUIRE(client.send(get("/livez")));
    CHECK(body_of(client.receive_answer()) == R"({"status":"ok"})");
    for (const auto& seen : server.observer.all()) CHECK(seen.route != "/health");
}

TEST_CASE("an ambiguous request is refused") {
    TestServer server;
    for (const std::string& head :
         {std::string("POST /auth HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nTransfer-Encoding: "
                      "chunked\r\n\r\n{}"),
          std::string("POST /auth HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nContent-Length: "
                      "3\r\n\r\n{}"),
          std::string("POST /auth HTTP/1.1\r\nHost: x\r\nContent-Length: +2\r\n\r\n{}"),
          std::string("POST /auth HTTP/1.1\r\nHost: x\r\nContent-Length: 2x\r\n\r\n{}"),
          std::string("POST /auth HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n{}"),
          std::string("POST /auth HTTP/1.1\r\nHost: x\r\nContent-Length: 2, 2\r\n\r\n{}"),
          std::string("POST /auth HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n{}"),
          std::string("POST /auth HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked, "
                      "identity\r\n\r\n{}"),
          std::string("GET /livez HTTP/1.1\r\n\r\n"),
          std::string("GET /livez HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n"),
          std::string("GET /livez HTTP/1.1\r\nHost: x\r\n folded\r\n\r\n"),
          std::string("GET /livez HTTP/1.1\r\nHost: x\r\nName : y\r\n\r\n"),
          std::string("GET /livez HTTP/1.1\r\nHost: x\r\nNo colon\r\n\r\n"),
          std::string("GET  /livez HTTP/1.1\r\nHost: x\r\n\r\n"),
          std::string("GET /li vez HTTP/1.1\r\nHost: x\r\n\r\n"),
          std::string("GET /livez HTTP/2.0\r\nHost: x\r\n\r\n"),
          std::string("nonsense\r\n\r\n"),
          std::string("GET /livez HTTP/1.1\nHost: x\n\n"),
          std::string("GET /livez HTTP/1.1\r\nHost: x\n\r\n"),
          std::string("GET /livez HTTP/1.1\rHost: x\r\r"),
          std::string("GET /livez HTTP/1.1\r\nHost: x\rA: b\r\n\r\n"),
          std::string("GET /livez HTTP/1.1\r\nHost: x\r\nA: b\0c\r\n\r\n", 43),
          std::string("GET /\0 HTTP/1.1\r\nHost: x\r\n\r\n", 29)}) {
        CAPTURE(head);
        RawClient client(server.port);
        REQUIRE(client.send(head));
        const std::string answer = client.receive_answer();
        CHECK(status_of(answer) == 400);
        CHECK(header_of(answer, "Content-Type") == "application/problem+json");
        CHECK_FALSE(header_of(answer, "X-Request-ID").empty());
        CHECK(client.is_closed_by_peer());
    }
}

TEST_CASE("a head that is too large is refused, whichever part is large") {
    TestServer server;
    std::string many;
    for (int i = 0; i < 101; ++i) many += fmt::format("H{}: x\r\n", i);
    struct Case {
        std::string request;
        int status;
    };
    for (const auto& [request, status] :
         {Case{get("/" + std::string(9'000, 'a')), 414}, Case{get("/livez", many), 431},
          Case{get("/livez", "Long: " + std::string(20'000, 'a') + "\r\n"), 431},
          Case{"GET /" + std::string(40'000, 'a'), 414}}) {
        CAPTURE(request.substr(0, 30));
        RawClient client(server.port);
        client.send(request);
        const std::string answer = client.receive_answer();
        CHECK(status_of(answer) == status);
        CHECK(client.is_closed_by_peer());
    }
}

TEST_CASE("an unknown method is answered as a wrong method") {
    TestServer server;
    RawClient client(server.port);
    REQUIRE(client.send("BREW /streams HTTP/1.1\r\nHost: x\r\n\r\n"));
    const std::string answer = client.receive_answer();
    CHECK(status_of(answer) == 405);
    CHECK(header_of(answer, "Allow") == "GET, HEAD");
}

TEST_CASE("the time limit of a request applies to all of it and not to each byte") {
    ConnectionLimits limits;
    limits.head = milliseconds(300);
    limits.body = milliseconds(300);
    limits.idle = milliseconds(300);
    TestServer server({}, limits);
    RawClient idle(server.port);
    CHECK(idle.is_closed_by_peer(milliseconds(3'000)));

    RawClient slow(server.port);
    const auto begun = steady_clock::now();
    REQUIRE(slow.send("GET /li"));
    while (slow.send("v") && !slow.is_closed_by_peer(milliseconds(50))) {
        REQUIRE(steady_clock::now() - begun < milliseconds(5'000));
    }

    RawClient half(server.port);
    REQUIRE(
        half.send("POST /auth HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                  "Content-Length: 10\r\n\r\n{"));
    CHECK(status_of(half.receive_answer()) == 408);
    CHECK(half.is_closed_by_peer());
}

TEST_CASE("idle connections never delay the media server") {
    TestServer server;
    std::vector<std::unique_ptr<RawClient>> idle;
    for (int i = 0; i < 120; ++i) {
        idle.push_back(std::make_unique<RawClient>(server.port));
        REQUIRE(idle.back()->send(get("/livez")));
        REQUIRE(status_of(idle.back()->receive_answer()) == 200);
    }
    const auto begun = steady_clock::now();
    RawClient media(server.port);
    REQUIRE(media.send(post("/auth", kRead)));
    CHECK(status_of(media.receive_answer()) == 200);
    CHECK(steady_clock::now() - begun < milliseconds(1'000));
}

TEST_CASE("stopping closes idle connections at once and accepts no new ones") {
    auto server = std::make_unique<TestServer>();
    const std::uint16_t port = server->port;
    RawClient idle(port);
    REQUIRE(idle.send(get("/livez")));
    REQUIRE(status_of(idle.receive_answer()) == 200);
    const auto begun = steady_clock::now();
    server->stop();
    CHECK(steady_clock::now() - begun < milliseconds(2'000));
    CHECK(server->ended_as_asked);
    CHECK(idle.is_closed_by_peer());
    CHECK_THROWS(RawClient(port));
}

TEST_CASE("a request in flight is finished when the server stops") {
    auto server = std::make_unique<TestServer>();
    RawClient client(server->port);
    const std::string request = post("/auth", kRead);
    REQUIRE(client.send(request.substr(0, request.size() - 5)));
    // The server's 100 Continue shows that the head has arrived.
    RawClient other(server->port);
    REQUIRE(other.send(get("/livez")));
    REQUIRE(status_of(other.receive_answer()) == 200);
    std::thread stopper([&] { server->stop(); });
    CHECK(other.is_closed_by_peer());
    REQUIRE(client.send(request.substr(request.size() - 5)));
    const std::string answer = client.receive_answer();
    CHECK(status_of(answer) == 200);
    stopper.join();
    CHECK(client.is_closed_by_peer());
}

TEST_CASE("a caller that never completes its request does not delay a stopping server") {
    auto server = std::make_unique<TestServer>();
    RawClient stuck(server->port);
    REQUIRE(
        stuck.send("POST /auth HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                   "Content-Length: 10\r\n\r\n{"));
    RawClient other(server->port);
    REQUIRE(other.send(get("/livez")));
    REQUIRE(status_of(other.receive_answer()) == 200);
    const auto begun = steady_clock::now();
    server->stop();
    CHECK(steady_clock::now() - begun < std::chrono::seconds(10));
}

}  // namespace
}  // namespace rescuestream::server::testing
