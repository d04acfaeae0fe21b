// A storage that can be read and not written, and one that cannot be reached, when a caller takes a
// right away.

#include <doctest/doctest.h>

#include <future>

#include "orchestrator/lease.hpp"
#include "support/faulty_storage.hpp"
#include "support/test_orchestrator.hpp"
#include "support/wait.hpp"

using namespace rescuestream;
using namespace rescuestream::testing;

namespace {

using std::chrono::seconds;

OrchestratorSettings quick() {
    OrchestratorSettings settings = TestOrchestrator::default_settings();
    settings.poll_interval = std::chrono::milliseconds(20);
    return settings;
}

/// A running server with a live encoder, and a storage in which the test injects faults.
struct Server {
    explicit Server(OrchestratorSettings settings = quick())
        : shared(TestOrchestrator::open_memory()),
          server(std::make_unique<FaultyStorage>(shared, faults), std::move(settings)) {
        server->start();
        key = std::make_unique<CreatedStreamKey>(server.key("live/a"));
        REQUIRE(server.publish(*key, "c1"));
        // The key is in memory when a wrong path is refused without a call of the storage.
        REQUIRE(eventually([&] {
            const int before = faults->calls("claim");
            PublishRequest request;
            request.path = "live/elsewhere";
            request.password = key->value;
            request.connection = ConnectionId{"probe"};
            REQUIRE_FALSE(server->decide_publish(request).value().accepted());
            return faults->calls("claim") == before;
        }));
    }
    ~Server() { server->stop(); }

    bool delivers() const {
        const auto path = server.media->find_path("live/a");
        return path.has_value() && path->source.has_value();
    }
    void lose_storage() {
        for (const char* method : {"claim", "key_facts_after", "open_sessions", "find_stream_key",
                                   "revoke_stream_key", "update_stream_key", "hold_lease"}) {
            faults->fail_method(method);
        }
    }

    std::shared_ptr<StorageFaults> faults = std::make_shared<StorageFaults>();
    std::shared_ptr<Storage> shared;
    TestOrchestrator server;
    std::unique_ptr<CreatedStreamKey> key;
};

}  // namespace

TEST_CASE("a key revoked while the storage is unreachable is refused at once, and written later") {
    Server s;
    s.lose_storage();
    // Until the server knows the key, the caller is told to try again.
    REQUIRE(eventually([&] {
        const auto revoked = s.server->revoke_stream_key(s.key->key.id, s.server.caller);
        REQUIRE_FALSE(revoked.has_value());
        CHECK(revoked.error().code == ErrorCode::kUnavailable);
        return revoked.error().message.find("not written yet") != std::string::npos;
    }));
    CHECK_FALSE(s.delivers());
    CHECK(s.server.ask(*s.key, "c2").refusal == PublishRefusal::kRevoked);
    s.faults->clear();
    CHECK(eventually(
        [&] { return s.shared->find_stream_key(s.key->key.id)->revoked_at.has_value(); }));
    CHECK(s.server.ask(*s.key, "c2").refusal == PublishRefusal::kRevoked);
}

TEST_CASE("a key whose revocation the storage does not answer in time is refused at once") {
    Server s;
    s.faults->fail_method("revoke_stream_key", StorageFaults::timeout());
    const auto revoked = s.server->revoke_stream_key(s.key->key.id, s.server.caller);
    REQUIRE_FALSE(revoked.has_value());
    CHECK(revoked.error().code == ErrorCode::kTimeout);
    CHECK(revoked.error().message.find("not written yet") != std::string::npos);
    CHECK_FALSE(s.delivers());
    CHECK(s.server.ask(*s.key, "c2").refusal == PublishRefusal::kRevoked);
    s.faults->clear();
    CHECK(eventually(
        [&] { return s.shared->find_stream_key(s.key->key.id)->revoked_at.has_value(); }));
}

TEST_CASE(
    "a stream stopped while the storage is unreachable ends at once, and it is written later") {
    OrchestratorSettings settings = quick();
    settings.reconnect_window = seconds(60);
    Server s(settings);
    const StreamId stream = s.server.live().at(0).id;
    // A poll has seen it.
    REQUIRE(eventually([&] { return s.server->stream_figures(stream).has_value(); }));
    s.lose_storage();
    for (const char* method : {"find_stream", "begin_stop"}) s.faults->fail_method(method);
    REQUIRE(eventually([&] {
        const auto stopped = s.server->stop_stream(stream, seconds(60), s.server.caller);
        REQUIRE_FALSE(stopped.has_value());
        CHECK(stopped.error().code == ErrorCode::kUnavailable);
        return stopped.error().message.find("not written yet") != std::string::npos;
    }));
    CHECK_FALSE(s.delivers());
    CHECK(s.server.ask(*s.key, "c2").refusal == PublishRefusal::kBlocked);
    s.faults->clear();
    CHECK(eventually([&] { return s.shared->find_stream(stream)->state == StreamState::kEnded; }));
    CHECK(s.shared->find_stream(stream)->end_reason == EndReason::kStopped);
}

TEST_CASE("an orchestrator that was not started does not promise to write a change later") {
    auto faults = std::make_shared<StorageFaults>();
    TestOrchestrator program(
        std::make_unique<FaultyStorage>(TestOrchestrator::open_memory(), faults), quick());
    const auto key = program.key();
    faults->fill_disk();
    const auto revoked = program->revoke_stream_key(key.key.id, program.caller);
    REQUIRE_FALSE(revoked.has_value());
    CHECK(revoked.error() == StorageFaults::full());
    CHECK(program->health().unwritten == 0);
}

TEST_CASE("a key that is disabled on a full disk before memory knows it is disabled later") {
    Server s;
    s.faults->hold_method("key_facts_after");
    const auto fresh = s.server.key("live/fresh");
    s.faults->fill_disk();
    auto disabling = std::async(std::launch::async, [&] {
        return s.server->disable_stream_key(fresh.key.id, s.server.caller);
    });
    REQUIRE(eventually([&] { return s.faults->calls("update_stream_key") == 1; }));
    s.faults->release();
    const auto disabled = disabling.get();
    REQUIRE_FALSE(disabled.has_value());
    CHECK(disabled.error().message.find("not written yet") != std::string::npos);
    s.faults->make_room();
    CHECK(eventually([&] { return s.shared->find_stream_key(fresh.key.id)->disabled; }));
}

TEST_CASE("a disabling that waits for room is dropped when another program changed the key since") {
    Server s;
    s.faults->fill_disk();
    REQUIRE_FALSE(s.server->disable_stream_key(s.key->key.id, s.server.caller).has_value());
    REQUIRE(s.server->health().unwritten == 1);
    // Another server, whose own writes succeed.
    TestOrchestrator other(
        std::make_unique<FaultyStorage>(s.shared, std::make_shared<StorageFaults>()), quick());
    other->disable_stream_key(s.key->key.id, other.caller).value();
    other->enable_stream_key(s.key->key.id, other.caller).value();
    REQUIRE(eventually([&] { return s.server->health().unwritten == 0; }));
    s.faults->make_room();
    CHECK_FALSE(s.shared->find_stream_key(s.key->key.id)->disabled);
    // Changes of other servers are noticed after a short time.
    CHECK(eventually([&] { return s.server.ask(*s.key, "c2").accepted(); }));
}

TEST_CASE("a stop that waits for room ends the stream, also when its encoder has reconnected") {
    OrchestratorSettings settings = quick();
    settings.reconnect_window = seconds(60);
    Server s(settings);
    const StreamId stream = s.server.live().at(0).id;
    s.faults->fill_disk();
    REQUIRE_FALSE(s.server->stop_stream(stream, seconds(0), s.server.caller).has_value());
    REQUIRE(s.server->health().unwritten == 1);
    CHECK_FALSE(s.delivers());
    // Another server, whose own writes succeed, sees the connection end and the next one begin.
    TestOrchestrator other(
        std::make_unique<FaultyStorage>(s.shared, std::make_shared<StorageFaults>()), settings);
    REQUIRE(other->source_unavailable({"live/a", "rtmpConn", ConnectionId{"c1"}}));
    REQUIRE(other.publish(*s.key, "c2"));
    REQUIRE(s.shared->find_stream(stream)->source_id == ConnectionId{"c2"});
    s.faults->make_room();
    REQUIRE(eventually([&] { return s.server->health().unwritten == 0; }));
    CHECK(s.shared->find_stream(stream)->state == StreamState::kEnded);
    CHECK(s.shared->find_stream(stream)->end_reason == EndReason::kStopped);
}

TEST_CASE("a stop that waits for room does not end the next stream of its key") {
    Server s;
    const StreamId stream = s.server.live().at(0).id;
    s.faults->fill_disk();
    REQUIRE_FALSE(s.server->stop_stream(stream, seconds(0), s.server.caller).has_value());
    TestOrchestrator other(
        std::make_unique<FaultyStorage>(s.shared, std::make_shared<StorageFaults>()), quick());
    REQUIRE(other->source_unavailable({"live/a", "rtmpConn", ConnectionId{"c1"}}));
    REQUIRE(s.shared->find_stream(stream)->state == StreamState::kEnded);
    REQUIRE(other.publish(*s.key, "c2"));
    const StreamId next = other.live().at(0).id;
    REQUIRE(next != stream);
    s.faults->make_room();
    REQUIRE(eventually([&] { return s.server->health().unwritten == 0; }));
    CHECK(s.shared->find_stream(next)->end_reason != EndReason::kStopped);
}

TEST_CASE(
    "a stop that waits for room refuses the key for its time, also when its stream has ended") {
    Server s;
    const StreamId stream = s.server.live().at(0).id;
    s.faults->fill_disk();
    REQUIRE_FALSE(s.server->stop_stream(stream, seconds(600), s.server.caller).has_value());
    const auto until = s.server.clock.now() + seconds(600);
    TestOrchestrator other(
        std::make_unique<FaultyStorage>(s.shared, std::make_shared<StorageFaults>()), quick());
    other.clock.advance(s.server.clock.now() - other.clock.now() + seconds(1));
    REQUIRE(other->source_unavailable({"live/a", "rtmpConn", ConnectionId{"c1"}}));
    REQUIRE(s.shared->find_stream(stream)->state == StreamState::kEnded);
    s.faults->make_room();
    REQUIRE(eventually([&] { return s.server->health().unwritten == 0; }));
    CHECK(s.shared->find_stream_key(s.key->key.id)->blocked_until == until);
    CHECK(s.server.ask(*s.key, "c2").refusal == PublishRefusal::kBlocked);
    CHECK(eventually([&] { return other.ask(*s.key, "c2").refusal == PublishRefusal::kBlocked; }));
}

TEST_CASE("an expired key's publisher is removed although its end cannot be written") {
    Server s;
    StreamKeyPatch patch;
    patch.expires_at = s.server.clock.now() + seconds(10);
    s.server->update_stream_key(s.key->key.id, patch, s.server.caller).value();
    s.faults->fill_disk();
    s.server.clock.advance(seconds(11));
    CHECK(eventually([&] { return !s.delivers(); }));
    s.faults->make_room();
    CHECK(eventually([&] {
        const auto streams = s.shared->list_streams({}, {}).value().items;
        return streams.size() == 1 && streams.front().state == StreamState::kEnded;
    }));
}

TEST_CASE("the program that supervises a node continues while the storage has no room") {
    auto faults = std::make_shared<StorageFaults>();
    FaultyStorage storage(TestOrchestrator::open_memory(), faults);
    ManualClock clock;
    Lease ours(storage, clock, null_logger(), "n", "us");
    REQUIRE(ours.hold());
    faults->fill_disk();
    for (int i = 0; i < 10; ++i) {
        clock.advance(seconds(5));
        CHECK(ours.hold());
        CHECK(ours.is_held());
    }
    faults->make_room();
    clock.advance(seconds(5));
    CHECK(ours.hold());
}

TEST_CASE("a nearly full disk is logged once, and again only after it had room meanwhile") {
    Server s;
    const auto warns = [&] { return !s.server->health().storage_warning.empty(); };
    constexpr std::uint64_t kMegabyte = 1'000'000;
    CHECK_FALSE(warns());
    s.faults->set_disk_space({201 * kMegabyte, 1'000 * kMegabyte});
    CHECK_FALSE(warns());
    s.faults->set_disk_space({199 * kMegabyte, 1'000 * kMegabyte});
    CHECK(warns());
    s.faults->set_disk_space({249 * kMegabyte, 1'000 * kMegabyte});
    CHECK(warns());
    s.faults->set_disk_space({251 * kMegabyte, 1'000 * kMegabyte});
    CHECK_FALSE(warns());
    s.faults->set_disk_space({4'900 * kMegabyte, 100'000 * kMegabyte});
    CHECK(warns());
    s.faults->set_disk_space({5'900 * kMegabyte, 100'000 * kMegabyte});
    CHECK(warns());
    s.faults->set_disk_space({6'100 * kMegabyte, 100'000 * kMegabyte});
    CHECK_FALSE(warns());
}
