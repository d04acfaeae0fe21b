// Slow, numerous or malicious clients of the real server, which must not affect others.

#include <doctest/doctest.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
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

// This process has both ends of each connection.
void allow_many_descriptors() {
    rlimit limit{};
    REQUIRE(getrlimit(RLIMIT_NOFILE, &limit) == 0);
    limit.rlim_cur = limit.rlim_max;
    REQUIRE(setrlimit(RLIMIT_NOFILE, &limit) == 0);
}

TEST_CASE("a thousand idle clients and hundreds of slow ones do not delay others") {
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
    // Slow clients are served as soon as their request is complete.
    REQUIRE(others.back()->send(question().substr(110)));
    CHECK(status_of(others.back()->receive_answer()) == 200);
}

TEST_CASE("a large upload is refused at once, and others are answered while it continues") {
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

TEST_CASE("beyond the limit an idle connection is closed for a new one") {
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
    CHECK(server.http.counts().evicted >= 1);
    // The first one is closed, or one that a worker handled at the same time.
    CHECK(std::any_of(idle.begin(), idle.end() - 1, [](const auto& client) {
        return client->is_closed_by_peer(milliseconds(0));
    }));
    REQUIRE(idle.back()->send(kProbe));
    CHECK(status_of(idle.back()->receive_answer()) == 200);
}

// The head of a request, and a body that does not end.
std::string half_question() {
    return question().substr(0, question().size() - 5);
}

TEST_CASE("half-sent bodies on every connection do not keep a complete request out") {
    Settings settings;
    settings.max_connections = 32;
    TestServer server(settings);
    Clients half;
    for (int i = 0; i < 96; ++i) {
        const std::string from = "127.0.0." + std::to_string(1 + i % 3);
        half.push_back(std::make_unique<RawClient>(server.port, from.c_str()));
        REQUIRE(half.back()->send(half_question()));
        if (i % 4 == 3) CHECK(is_answered(server.port));
    }
    CHECK(server.http.counts().connections <= 32);
    CHECK(server.http.counts().turned_away == 0);
    CHECK(half.front()->is_closed_by_peer());
    // The newest connection was not closed.
    REQUIRE(half.back()->send(question().substr(question().size() - 5)));
    CHECK(status_of(half.back()->receive_answer()) == 200);
}

TEST_CASE("half-sent heads, idle connections and clients that read no answer are closed too") {
    allow_many_descriptors();
    Settings settings;
    settings.max_connections = 32;
    TestServer server(settings);
    std::string many;
    for (int i = 0; i < 100; ++i) many += "GET /openapi.json HTTP/1.1\r\nHost: x\r\n\r\n";
    for (const std::string& sent : {std::string("POST /au"), std::string(), kProbe, many}) {
        CAPTURE(sent.substr(0, 20));
        Clients others;
        for (int i = 0; i < 40; ++i) {
            others.push_back(std::make_unique<RawClient>(server.port));
            others.back()->send(sent);
        }
        for (int i = 0; i < 10; ++i) CHECK(is_answered(server.port));
    }
}

TEST_CASE("a connection whose complete request is being handled is never closed for another") {
    auto faults = std::make_shared<StorageFaults>();
    Settings settings;
    settings.max_connections = 16;
    TestServer server(std::make_unique<FaultyStorage>(TestOrchestrator::open_memory(), faults),
                      settings);
    server.test.orchestrator->start();
    const auto key = server.test.key("live/a");
    const std::string publish = fmt::format(
        R"({{"action":"publish","protocol":"rtmp","path":"live/a","password":"{}","id":"a"}})",
        key.value.reveal());
    const std::string asks = fmt::format(
        "POST /auth HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        "Content-Length: {}\r\n\r\n{}",
        publish.size(), publish);
    faults->hold_method("claim");
    RawClient last(server.port);
    Clients busy;
    for (int i = 0; i < 15; ++i) {
        busy.push_back(std::make_unique<RawClient>(server.port));
        REQUIRE(busy.back()->send(asks));
    }
    // What was sent before this was answered has been read.
    REQUIRE(last.send(kProbe));
    REQUIRE(status_of(last.receive_answer()) == 200);
    REQUIRE(last.send(asks));
    RawClient late(server.port);
    late.send(kProbe);
    CHECK(late.is_closed_by_peer());
    CHECK(server.http.counts().turned_away == 1);
    faults->release();
    for (auto& client : busy) CHECK(status_of(client->receive_answer()) == 200);
    CHECK(status_of(last.receive_answer()) == 200);
    server.stop();
    server.test.orchestrator->stop();
}

TEST_CASE("administrators' requests that hang leave connections for the media server") {
    auto faults = std::make_shared<StorageFaults>();
    Settings settings;
    settings.max_connections = 16;
    TestServer server(std::make_unique<FaultyStorage>(TestOrchestrator::open_memory(), faults),
                      settings);
    faults->hold_method("list_streams");
    Clients readers;
    for (int i = 0; i < 40; ++i) {
        readers.push_back(std::make_unique<RawClient>(server.port));
        readers.back()->send(
            fmt::format("GET /streams HTTP/1.1\r\nHost: x\r\nX-API-Key: {}\r\n\r\n", kSecret));
        CHECK(is_answered(server.port));
    }
    faults->release();
    CHECK(status_of(readers.front()->receive_answer()) == 200);
}

TEST_CASE(
    "the memory of stalled uploads is bounded, and a complete request is answered meanwhile") {
    allow_many_descriptors();
    Settings settings;
    settings.max_buffer_mib = 1;
    TestServer server(settings);
    const std::string upload =
        "POST /auth HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        "Content-Length: 65000\r\n\r\n" +
        std::string(50'000, ' ');
    Clients stalled;
    for (int i = 0; i < 100; ++i) {
        stalled.push_back(std::make_unique<RawClient>(server.port));
        REQUIRE(stalled.back()->send(upload));
        if (i % 10 == 9) CHECK(is_answered(server.port));
        CHECK(server.http.counts().buffer_bytes <= 1024 * 1024 + 256 * 1024);
    }
    // The first uploads were closed with an answer.
    CHECK(status_of(stalled.front()->receive_answer()) == 503);
    CHECK(server.http.counts().shed > 0);
    stalled.clear();
    CHECK(eventually([&] { return server.http.counts().buffer_bytes == 0; }));
}

TEST_CASE("an upload uses memory for what was sent and not for what was announced") {
    TestServer server;
    RawClient small(server.port);
    REQUIRE(
        small.send("POST /auth HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                   "Content-Length: 65000\r\n\r\n{"));
    REQUIRE(eventually([&] { return server.http.counts().buffer_bytes > 0; }));
    CHECK(server.http.counts().buffer_bytes < 4 * 1024);
    REQUIRE(small.send(std::string(60'000, ' ')));
    REQUIRE(eventually([&] { return server.http.counts().buffer_bytes > 60'000; }));
    CHECK(server.http.counts().buffer_bytes < 2 * 65'000);
}

TEST_CASE("the memory of answers that are not read is bounded too") {
    allow_many_descriptors();
    Settings settings;
    settings.max_buffer_mib = 1;
    settings.max_connections = 512;
    TestServer server(settings);
    std::string many;
    for (int i = 0; i < 400; ++i) many += "GET /openapi.json HTTP/1.1\r\nHost: x\r\n\r\n";
    Clients deaf;
    for (int i = 0; i < 100; ++i) {
        deaf.push_back(std::make_unique<RawClient>(server.port));
        deaf.back()->send(many);
        if (i % 10 == 9) CHECK(is_answered(server.port));
    }
    CHECK(eventually([&] { return server.http.counts().evicted > 0; }));
    CHECK(eventually([&] { return server.http.counts().buffer_bytes <= 1024 * 1024; }));
}

TEST_CASE("an address at its limit loses one of its own connections") {
    Settings settings;
    settings.max_connections = 40;
    settings.max_connections_per_address = 8;
    TestServer server(settings);
    Clients half;
    for (int i = 0; i < 60; ++i) {
        half.push_back(std::make_unique<RawClient>(server.port));
        REQUIRE(half.back()->send(half_question()));
    }
    CHECK(is_answered(server.port));
    // This machine may have half of all connections.
    CHECK(server.http.counts().connections <= 20);
    CHECK(server.http.counts().turned_away == 0);
}

TEST_CASE("hooks from other ports leave room for those on MEDIA_LISTEN") {
    auto faults = std::make_shared<StorageFaults>();
    Settings settings;
    settings.max_connections = 64;
    settings.media_listen = {"127.0.0.1", 0};
    TestServer server(std::make_unique<FaultyStorage>(TestOrchestrator::open_memory(), faults),
                      settings);
    const auto key = server.test.key("live/a");
    const std::string body = R"({"path":"live/a","source_type":"rtmpConn","source_id":"a"})";
    const std::string hook = fmt::format(
        "POST /webhook/ready HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        "Content-Length: {}\r\n\r\n{}",
        body.size(), body);
    faults->hold_method("sessions_at_path");
    Clients strangers;
    for (int i = 0; i < 40; ++i) {
        strangers.push_back(std::make_unique<RawClient>(server.port));
        strangers.back()->send(hook);
        CHECK(is_answered(server.port));
    }
    CHECK(server.http.counts().shed > 0);
    RawClient media(server.http.media_port());
    REQUIRE(media.send(hook));
    CHECK(is_answered(server.http.media_port()));
    faults->release();
    CHECK(status_of(media.receive_answer()) == 204);
}

TEST_CASE("a server that is out of descriptors accepts connections again when there are some") {
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
    const auto accept_pauses = server.http.counts().accept_pauses;
    CHECK(eventually([&] { return server.http.counts().accept_pauses > accept_pauses; }));
    CHECK(server.http.counts().connections == 0);
    REQUIRE(setrlimit(RLIMIT_NOFILE, &before) == 0);
    CHECK(status_of(client.receive_answer()) == 200);
    CHECK(is_answered(server.port));
}

TEST_CASE("an answer that is not read does not occupy a worker") {
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
