// Clients that are slow, many, or mean, on the real server: those who are not must not notice.

#include <doctest/doctest.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <memory>
#include <vector>

#include "raw_client.hpp"
#include "support/faulty_storage.hpp"
#include "support/wait.hpp"
#include "test_server.hpp"

namespace rescuestream::server::testing {
namespace {

using Clients = std::vector<std::unique_ptr<RawClient>>;
using rescuestream::testing::eventually;
using rescuestream::testing::FaultyStorage;
using rescuestream::testing::StorageFaults;
using std::chrono::milliseconds;

const std::string kProbe = "GET /livez HTTP/1.1\r\nHost: x\r\n\r\n";
const std::string kRead = R"({"action":"read","path":"live/a"})";

std::string question(const std::string& more = "") {
    return fmt::format(
        "POST /auth HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {}\r\n"
        "{}\r\n{}",
        kRead.size(), more, kRead);
}

bool is_answered(std::uint16_t port) {
    RawClient client(port);
    return client.send(question()) && status_of(client.receive_answer()) == 200;
}

// Both ends of each connection are this process's.
void allow_many_descriptors() {
    rlimit limit{};
    REQUIRE(getrlimit(RLIMIT_NOFILE, &limit) == 0);
    limit.rlim_cur = limit.rlim_max;
    REQUIRE(setrlimit(RLIMIT_NOFILE, &limit) == 0);
}

TEST_CASE("a thousand idle clients and hundreds that trickle keep nobody waiting") {
    allow_many_descriptors();
    TestServer server;
    Clients others;
    for (int i = 0; i < 1'000; ++i) {
        others.push_back(std::make_unique<RawClient>(server.port));
        if (i % 2 == 0) {
            REQUIRE(others.back()->send(kProbe));
            REQUIRE(status_of(others.back()->receive_answer()) == 200);
        }
    }
    for (int i = 0; i < 300; ++i) {
        others.push_back(std::make_unique<RawClient>(server.port));
        REQUIRE(others.back()->send(i % 2 == 0 ? "POST /au" : question().substr(0, 110)));
    }
    for (int i = 0; i < 50; ++i) CHECK(is_answered(server.port));
    CHECK(server.http.counts().connections >= 1'300);
    // Those who trickled are served as soon as they have said what they want.
    REQUIRE(others.back()->send(question().substr(110)));
    CHECK(status_of(others.back()->receive_answer()) == 200);
}

TEST_CASE("a large upload is refused at once, and others are answered while it goes on") {
    TestServer server;
    RawClient uploader(server.port);
    REQUIRE(
        uploader.send("POST /auth HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                      "Transfer-Encoding: chunked\r\n\r\n10000\r\n"));
    REQUIRE(uploader.send(std::string(60'000, ' ')));
    CHECK(is_answered(server.port));
    REQUIRE(uploader.send(std::string(5'536, ' ') + "\r\n1\r\n"));
    CHECK(status_of(uploader.receive_answer()) == 413);
    CHECK(is_answered(server.port));
}

TEST_CASE("beyond the limit an idle connection makes room for a new one") {
    Settings settings;
    settings.max_connections = 20;
    TestServer server(settings);
    Clients idle;
    for (int i = 0; i < 20; ++i) {
        idle.push_back(std::make_unique<RawClient>(server.port));
        REQUIRE(idle.back()->send(kProbe));
        REQUIRE(status_of(idle.back()->receive_answer()) == 200);
    }
    CHECK(is_answered(server.port));
    CHECK(idle.front()->is_closed_by_peer());
    CHECK(server.http.counts().evicted >= 1);
    REQUIRE(idle.back()->send(kProbe));
    CHECK(status_of(idle.back()->receive_answer()) == 200);
}

TEST_CASE("when all connections are at work, a further one is turned away and the rest go on") {
    Settings settings;
    settings.max_connections = 16;
    TestServer server(settings);
    Clients busy;
    for (int i = 0; i < 16; ++i) {
        busy.push_back(std::make_unique<RawClient>(server.port));
        REQUIRE(busy.back()->send("GET /livez HTTP/1.1\r\n"));
    }
    // All of these bytes have arrived when the server has nothing left to take in.
    REQUIRE(eventually([&] { return server.http.counts().connections == 16; }));
    RawClient late(server.port);
    late.send(kProbe);
    CHECK(late.is_closed_by_peer());
    CHECK(server.http.counts().turned_away == 1);
    for (auto& client : busy) {
        REQUIRE(client->send("Host: x\r\n\r\n"));
        CHECK(status_of(client->receive_answer()) == 200);
    }
}

TEST_CASE("a server that is out of descriptors takes connections again when there are some") {
    TestServer server;
    REQUIRE(is_answered(server.port));
    rlimit before{};
    REQUIRE(getrlimit(RLIMIT_NOFILE, &before) == 0);
    REQUIRE(eventually([&] { return server.http.counts().connections == 0; }));
    // Client and server are one process here: the client gets the last descriptor.
    const int next_free = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
    REQUIRE(next_free >= 0);
    ::close(next_free);
    rlimit tight = before;
    tight.rlim_cur = static_cast<rlim_t>(next_free) + 1;
    REQUIRE(setrlimit(RLIMIT_NOFILE, &tight) == 0);
    RawClient client(server.port);
    REQUIRE(client.send(question()));
    const auto rests = server.http.counts().rests;
    CHECK(eventually([&] { return server.http.counts().rests > rests; }));
    CHECK(server.http.counts().connections == 0);
    REQUIRE(setrlimit(RLIMIT_NOFILE, &before) == 0);
    CHECK(status_of(client.receive_answer()) == 200);
    CHECK(is_answered(server.port));
}

TEST_CASE("an answer that nobody takes holds no worker") {
    Settings settings;
    TestServer server(settings);
    // Far more of them than there are workers; each asks for more than fits into its socket.
    Clients deaf;
    std::string many;
    for (int i = 0; i < 400; ++i) many += "GET /openapi.json HTTP/1.1\r\nHost: x\r\n\r\n";
    for (int i = 0; i < 64; ++i) {
        deaf.push_back(std::make_unique<RawClient>(server.port));
        REQUIRE(deaf.back()->send(many));
    }
    for (int i = 0; i < 20; ++i) {
        RawClient client(server.port);
        REQUIRE(client.send("GET /openapi.json HTTP/1.1\r\nHost: x\r\n\r\n"));
        CHECK(status_of(client.receive_answer()) == 200);
    }
}

TEST_CASE("the media server does not wait for requests of others that hang") {
    auto faults = std::make_shared<StorageFaults>();
    TestServer server(std::make_unique<FaultyStorage>(TestOrchestrator::open_memory(), faults), {});
    faults->hold_method("list_streams");
    Clients readers;
    for (int i = 0; i < 80; ++i) {
        readers.push_back(std::make_unique<RawClient>(server.port));
        REQUIRE(readers.back()->send(
            fmt::format("GET /streams HTTP/1.1\r\nHost: x\r\nX-API-Key: {}\r\n\r\n", kSecret)));
    }
    for (int i = 0; i < 20; ++i) CHECK(is_answered(server.port));
    RawClient probe(server.port);
    REQUIRE(probe.send(kProbe));
    CHECK(status_of(probe.receive_answer()) == 200);
    faults->release();
    for (auto& reader : readers) CHECK(status_of(reader->receive_answer()) == 200);
}

}  // namespace
}  // namespace rescuestream::server::testing
