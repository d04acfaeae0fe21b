// Authentication requests while the storage is slow, over real sockets, because the tests are about
// which request waits for which.

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <future>
#include <memory>
#include <numeric>
#include <vector>

#include "raw_client.hpp"
#include "support/faulty_storage.hpp"
#include "support/wait.hpp"
#include "test_server.hpp"

namespace rescuestream::server::testing {
namespace {

using rescuestream::testing::eventually;
using rescuestream::testing::FaultyStorage;
using rescuestream::testing::StorageFaults;

class SlowStorageServer {
public:
    SlowStorageServer()
        : server(std::make_unique<FaultyStorage>(
                     std::shared_ptr<Storage>(TestOrchestrator::open_memory()), faults),
                 Settings{}) {
        server.test.orchestrator->start();
    }
    ~SlowStorageServer() {
        faults->release();
        server.stop();
        server.test.orchestrator->stop();
    }

    static std::string post_auth(const std::string& body) {
        return fmt::format(
            "POST /auth HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
            "Content-Length: {}\r\n\r\n{}",
            body.size(), body);
    }
    static std::string read() { return post_auth(R"({"action":"read","path":"live/a"})"); }
    static std::string publish(const CreatedStreamKey& key, const std::string& connection) {
        return post_auth(fmt::format(
            R"({{"action":"publish","protocol":"rtmp","path":"{}","password":"{}","id":"{}"}})",
            key.key.playback_path, key.value.reveal(), connection));
    }
    std::vector<CreatedStreamKey> make_keys(int count) {
        std::vector<CreatedStreamKey> keys;
        keys.reserve(static_cast<std::size_t>(count));
        for (int i = 0; i < count; ++i) keys.push_back(server.test.key(fmt::format("live/{}", i)));
        return keys;
    }
    /// Holds all claims, and returns when that of `key` is held.
    void hold_claim(RawClient& publisher, const CreatedStreamKey& key) {
        faults->hold_method("claim");
        REQUIRE(publisher.send(publish(key, "a")));
        CHECK(eventually([&] { return faults->calls("claim") > 0; }));
    }
    int status_of_read() {
        RawClient viewer(server.port);
        REQUIRE(viewer.send(read()));
        return status_of(viewer.receive_answer());
    }

    const std::shared_ptr<StorageFaults> faults = std::make_shared<StorageFaults>();
    TestServer server;
};

TEST_CASE("while the storage decides about publishers, all other requests are answered") {
    SlowStorageServer slow;
    constexpr int kPublishers = 100;
    const auto keys = slow.make_keys(kPublishers);
    slow.faults->hold_method("claim");
    std::vector<std::unique_ptr<RawClient>> publishers;
    for (int i = 0; i < kPublishers; ++i) {
        publishers.push_back(std::make_unique<RawClient>(slow.server.port));
        REQUIRE(publishers.back()->send(
            SlowStorageServer::publish(keys[static_cast<std::size_t>(i)], std::to_string(i))));
    }
    CHECK(eventually([&] { return slow.faults->calls("claim") > 0; }));
    CHECK(slow.status_of_read() == 200);
    RawClient prober(slow.server.port);
    REQUIRE(prober.send("GET /livez HTTP/1.1\r\nHost: x\r\n\r\n"));
    CHECK(status_of(prober.receive_answer()) == 200);
    slow.faults->release();
    for (auto& publisher : publishers) CHECK(status_of(publisher->receive_answer()) == 200);
    // They shared calls of the storage.
    const auto together = slow.faults->claims_together();
    CHECK(std::accumulate(together.begin(), together.end(), std::size_t{0}) == kPublishers);
    CHECK(together.size() < kPublishers / 2);
}

TEST_CASE("requests of one connection are answered in order, whichever thread decides them") {
    SlowStorageServer slow;
    const auto keys = slow.make_keys(40);
    std::string bytes;
    std::vector<int> expected;
    for (std::size_t i = 0; i < keys.size(); ++i) {
        bytes += SlowStorageServer::read();
        bytes += SlowStorageServer::publish(keys[i], "a" + std::to_string(i));
        bytes += SlowStorageServer::publish(keys[i], "b" + std::to_string(i));
        bytes += SlowStorageServer::post_auth("{}");
        bytes += "GET /streams HTTP/1.1\r\nHost: x\r\n\r\n";
        for (const int status : {200, 200, 401, 400, 401}) expected.push_back(status);
    }
    RawClient client(slow.server.port);
    REQUIRE(client.send(bytes));
    std::vector<int> statuses;
    for (std::size_t i = 0; i < expected.size(); ++i) {
        statuses.push_back(status_of(client.receive_answer()));
    }
    CHECK(statuses == expected);
}

TEST_CASE("a media server that disconnects while its request waits leaves nothing behind") {
    SlowStorageServer slow;
    const auto keys = slow.make_keys(2);
    {
        RawClient gone(slow.server.port);
        slow.hold_claim(gone, keys[0]);
    }
    slow.faults->release();
    RawClient other(slow.server.port);
    REQUIRE(other.send(SlowStorageServer::publish(keys[1], "b")));
    CHECK(status_of(other.receive_answer()) == 200);
    CHECK(eventually([&] { return slow.server.http.counts().connections == 1; }));
}

TEST_CASE("stopping answers the requests that wait, and ends their connections") {
    SlowStorageServer slow;
    const auto keys = slow.make_keys(1);
    RawClient publisher(slow.server.port);
    slow.hold_claim(publisher, keys[0]);
    auto stopped = std::async(std::launch::async, [&] { slow.server.stop(); });
    slow.faults->release();
    CHECK(status_of(publisher.receive_answer()) == 200);
    CHECK(publisher.is_closed_by_peer());
    stopped.get();
    CHECK(slow.server.ended_as_asked);
}

TEST_CASE("when the storage does not answer, /auth answers 503 or 504 with a time to retry") {
    SlowStorageServer slow;
    const auto keys = slow.make_keys(1);
    RawClient publisher(slow.server.port);
    const auto ask = [&] {
        REQUIRE(publisher.send(SlowStorageServer::publish(keys[0], "a")));
        return publisher.receive_answer();
    };
    slow.faults->fail_method("claim", StorageFaults::unavailable());
    const std::string refused = ask();
    CHECK(status_of(refused) == 503);
    CHECK(header_of(refused, "Retry-After") == "1");
    CHECK(count_headers(refused, "Retry-After") == 1);
    slow.faults->clear();
    slow.faults->fail_method("claim", StorageFaults::timeout());
    CHECK(status_of(ask()) == 504);
    slow.faults->clear();
    CHECK(status_of(ask()) == 200);
}

}  // namespace
}  // namespace rescuestream::server::testing
