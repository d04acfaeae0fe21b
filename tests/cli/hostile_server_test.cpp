// A server that the command line is led to, and that wants to do it harm: every request ends in
// time and with little memory.
#include <doctest/doctest.h>

#include <chrono>
#include <functional>
#include <string>
#include <thread>

#include "http_client.hpp"
#include "support/raw_server.hpp"
#include "test_cli.hpp"

using namespace rescuestream;
using namespace rescuestream::cli;
using rescuestream::testing::RawConnection;
using rescuestream::testing::RawServer;

namespace hostile_server_test {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kTotal{600};
constexpr milliseconds kSlack{8'000};  // for a busy machine

HttpClientOptions short_limits() {
    HttpClientOptions options;
    options.total = kTotal;
    options.most_bytes = 100'000;
    return options;
}

// Sends a request to a server that answers with `serve`, and returns the error.
Error error_from(const std::function<void(RawConnection&)>& serve, bool has_tls = false) {
    RawServer server(serve);
    std::string origin = server.url();
    if (has_tls) origin.replace(0, 4, "https");
    const auto begun = std::chrono::steady_clock::now();
    const auto reply = HttpClient(origin, short_limits()).send("GET", "/streams", {});
    CHECK(std::chrono::steady_clock::now() - begun < kTotal + kSlack);
    REQUIRE_FALSE(reply);
    return reply.error();
}

void after_request(RawConnection& connection, const std::string& bytes) {
    connection.read_request();
    connection.write(bytes);
}

}  // namespace

TEST_CASE("a body without an end is given up at the limit") {
    const auto error = error_from([](RawConnection& connection) {
        after_request(connection, "HTTP/1.1 200 OK\r\n\r\n");
        while (connection.write(std::string(10'000, 'x'))) {
        }
    });
    CHECK(error.code == ErrorCode::kTimeout);
    CHECK(contains(error.message, "larger than any of rescuestream-server"));
}

TEST_CASE("a head without an end, and a status line of any length, are given up at the limit") {
    CHECK(error_from([](RawConnection& connection) {
              after_request(connection, "HTTP/1.1 200 OK\r\n");
              while (connection.write("X: y\r\n")) {
              }
          }).code == ErrorCode::kTimeout);
    const std::string line = "HTTP/1.1 200 " + std::string(400'000, 'a') + "\r\n\r\n";
    CHECK(error_from([&](RawConnection& connection) { after_request(connection, line); }).code ==
          ErrorCode::kTimeout);
    // The line that follows an interim response is read in the same way.
    CHECK(error_from([&](RawConnection& connection) {
              after_request(connection, "HTTP/1.1 100 Continue\r\n\r\n" + line);
          }).code == ErrorCode::kTimeout);
}

TEST_CASE("a body that arrives byte by byte is given up at the time limit") {
    const auto error = error_from([](RawConnection& connection) {
        after_request(connection, "HTTP/1.1 200 OK\r\n\r\n");
        while (connection.write("x")) std::this_thread::sleep_for(milliseconds(20));
    });
    CHECK(error.code == ErrorCode::kTimeout);
    CHECK(contains(error.message, "did not complete its response"));
}

TEST_CASE("a TLS handshake that arrives byte by byte is given up at the time limit") {
    const auto error = error_from(
        [](RawConnection& connection) {
            // A record of 16 KiB that begins a ServerHello.
            connection.write(std::string("\x16\x03\x03\x40\x00\x02\x00\x3f\xfc", 9));
            while (connection.write("x")) std::this_thread::sleep_for(milliseconds(20));
        },
        true);
    CHECK(error.code == ErrorCode::kUnavailable);
}

TEST_CASE("a compressed body is not unpacked") {
    RawServer server([](RawConnection& connection) {
        after_request(connection,
                      "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nabcd");
    });
    const auto reply = HttpClient(server.url(), short_limits()).send("GET", "/streams", {});
    REQUIRE(reply);
    CHECK(reply->body == "abcd");
}

TEST_CASE("requests to an honest server reuse the connection, and each has its own time") {
    RawServer server([](RawConnection& connection) {
        while (!connection.read_request().empty()) {
            connection.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}");
        }
    });
    HttpClient client(server.url(), short_limits());
    const auto begun = std::chrono::steady_clock::now();
    int answers = 0;
    while (std::chrono::steady_clock::now() - begun < kTotal + milliseconds(100)) {
        REQUIRE(client.send("GET", "/refusals", {}));
        ++answers;
    }
    CHECK(answers > 1);
    CHECK(server.connections() == 1);
}

}  // namespace hostile_server_test
