// How every HTTP carrier frames requests: bodies, ambiguous heads, malformed lines.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <string>

#include "carrier_case.hpp"
#include "raw_client.hpp"
#include "raw_requests.hpp"

namespace rescuestream::server::testing {
namespace {

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

TEST_CASE_TEMPLATE("no part of a pipelined body is taken for a request", Server, OverReactor,
                   OverHttplib, InAnotherServer) {
    Server server;
    // cpp-httplib reads 4,096 bytes at once and forgets those that it has not used.
    constexpr std::size_t kBuffer = 4096;
    const std::string first = post("/auth", kRead);
    const std::string smuggled = get("/livez", "Connection: close\r\n");
    const auto second = [&](std::size_t padding) {
        return post("/auth", std::string(padding, ' ') + smuggled + std::string(100, ' '));
    };
    const std::size_t head = first.size() + second(1000).find("\r\n\r\n") + 4;
    const std::string request = first + second(kBuffer - head);
    REQUIRE(request.find(smuggled) == kBuffer);

    RawClient client(server.port);
    REQUIRE(client.send(request));
    CHECK(status_of(client.receive_answer()) == 200);
    client.receive_to_the_end();
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

}  // namespace
}  // namespace rescuestream::server::testing
