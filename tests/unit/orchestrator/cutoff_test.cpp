#include <doctest/doctest.h>

#include <array>
#include <functional>
#include <optional>
#include <utility>

#include "support/faulty_storage.hpp"
#include "support/test_orchestrator.hpp"

using namespace rescuestream;
using namespace rescuestream::testing;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

OrchestratorSettings with_takeover() {
    auto settings = TestOrchestrator::default_settings();
    settings.on_duplicate = OnDuplicate::kTakeover;
    return settings;
}

// Announced RTSP sessions "c1", "c2", …; each displaces the one before. With `ids_differ` the media
// server asks with another id than it lists.
void announce(TestOrchestrator& t, const CreatedStreamKey& key, int count,
              bool ids_differ = false) {
    for (int number = 1; number <= count; ++number) {
        const ConnectionId id{"c" + std::to_string(number)};
        const ConnectionId asked{ids_differ ? "of " + id.value : id.value};
        t.media->announce(id, key.key.playback_path, ids_differ ? asked : ConnectionId{});
        REQUIRE(t.ask(key, asked.value, Protocol::kRtsp).accepted());
    }
}

std::size_t rtsp_sessions(TestOrchestrator& t) {
    return t.media->list_connections(ConnectionKind::kRtsp)->size();
}

/// Calls a function once, between the next revocation of a key, or stop of a stream, and the answer
/// to its caller.
class InterruptedStorage final : public ForwardingStorage {
public:
    InterruptedStorage(std::shared_ptr<Storage> real, std::function<void()>& interruption)
        : ForwardingStorage(std::move(real)), interruption_(interruption) {}

private:
    std::optional<Error> after(const StorageStep& step, const Error* error) override {
        const bool is_awaited = step.method == "revoke_stream_key" || step.method == "begin_stop";
        if (is_awaited && error == nullptr && interruption_) {
            std::exchange(interruption_, nullptr)();
        }
        return std::nullopt;
    }

    std::function<void()>& interruption_;
};

/// An orchestrator whose node takes a turn between a revocation and its caller's cut-off.
struct FasterTurn {
    FasterTurn() {
        interruption = [this] { t->tick(); };
    }
    void check_done_once() const {
        CHECK(faults->calls("finish_cutoff") == 1);
        CHECK(t.orchestrator->figures().cutoffs.verified == 1);
        CHECK(t.orchestrator->figures().cutoffs.pending == 0);
    }

    std::function<void()> interruption;
    std::shared_ptr<StorageFaults> faults = std::make_shared<StorageFaults>();
    TestOrchestrator t{
        std::make_unique<InterruptedStorage>(
            std::make_shared<FaultyStorage>(TestOrchestrator::open_memory(), faults), interruption),
        TestOrchestrator::default_settings()};
};

}  // namespace

TEST_CASE("revoking a live key kicks its connection, ends its stream and refuses it afterwards") {
    TestOrchestrator t;
    const auto key = t.key();
    REQUIRE(t.publish(key, "c1"));
    const StreamId id = t.live().front().id;
    const auto revoked = t->revoke_stream_key(key.key.id, t.caller);
    REQUIRE(revoked);
    CHECK(revoked->key.status_at(t.clock.now()) == StreamKeyStatus::kRevoked);
    CHECK(revoked->cutoff.kicked == 1);
    CHECK(revoked->cutoff.pending == 0);
    CHECK_FALSE(t.media->find_path("live/drone1"));
    CHECK(t.live().empty());
    CHECK(t->find_stream(id)->end_reason == EndReason::kKeyRevoked);
    CHECK_FALSE(t.ask(key, "c2").accepted());
    REQUIRE(t.events.size() == 2);
    CHECK(t.events[1].type == EventType::kStreamEnded);
}

TEST_CASE("revoking kicks a connection that was accepted and is not ready yet") {
    TestOrchestrator t;
    const auto key = t.key();
    REQUIRE(t.ask(key, "c1").accepted());
    t.media->connect(ConnectionKind::kRtmp, {"c1"}, "192.0.2.7:4711");
    const auto revoked = t->revoke_stream_key(key.key.id, t.caller);
    REQUIRE(revoked);
    CHECK(revoked->cutoff.kicked == 1);
    CHECK(t.media->list_connections(ConnectionKind::kRtmp)->empty());
}

TEST_CASE("no connection that was accepted before a refusal is left, also if others displaced it") {
    bool ids_differ = false;
    SUBCASE("by the ids of the lists") {}
    SUBCASE("by ids that the lists do not contain") {
        ids_differ = true;
    }
    using Refuse = std::function<CutoffReport(TestOrchestrator&, StreamKeyId)>;
    const std::array<Refuse, 3> ways{
        [](auto& t, auto id) { return t->revoke_stream_key(id, t.caller).value().cutoff; },
        [](auto& t, auto id) {
            return t->rotate_stream_key(id, seconds(0), t.caller).value().cutoff;
        },
        [](auto& t, auto id) { return t->disable_stream_key(id, t.caller).value().cutoff; }};
    for (const auto& refuse : ways) {
        TestOrchestrator t(with_takeover());
        const auto key = t.key();
        announce(t, key, 3, ids_differ);
        const CutoffReport report = refuse(t, key.key.id);
        CHECK(report.kicked == 3);
        CHECK(report.pending == 0);
        CHECK(rtsp_sessions(t) == 0);
    }
}

TEST_CASE("a connection that lost its key before it published is cut off by the next poll") {
    TestOrchestrator t(with_takeover());
    const auto key = t.key();
    SUBCASE("to an encoder that waits itself") {
        announce(t, key, 3);
        t->tick();
        CHECK(t.media->list_connections(ConnectionKind::kRtsp)->at(0).id == ConnectionId{"c3"});
    }
    SUBCASE("to an encoder that publishes, and that stays") {
        announce(t, key, 3);
        t.media->publish(ConnectionKind::kRtsp, {"c3"}, key.key.playback_path);
        t->tick();
        CHECK(t.media->find_path(key.key.playback_path));
        CHECK(t.live().size() == 1);
    }
    SUBCASE("while the encoder before it still publishes, and that stays") {
        REQUIRE(t.publish(key, "live"));
        announce(t, key, 2);
        t->tick();
        CHECK(t.media->find_path(key.key.playback_path));
        CHECK(t.live().size() == 1);
    }
    CHECK(rtsp_sessions(t) == 1);
}

TEST_CASE("a key is not taken over while its displaced connections are not removed yet") {
    TestOrchestrator t(with_takeover());
    const auto key = t.key();
    announce(t, key, 9);
    const auto refused = t.ask(key, "late", Protocol::kRtsp);
    CHECK(refused.refusal == PublishRefusal::kInUse);
    t->tick();
    CHECK(rtsp_sessions(t) == 1);
    CHECK(t.ask(key, "late", Protocol::kRtsp).accepted());
}

TEST_CASE("a connection that lost its key after its reservation was void is cut off too") {
    TestOrchestrator t;
    const auto key = t.key();
    announce(t, key, 1);
    t.clock.advance(seconds(40));
    REQUIRE(t.ask(key, "late", Protocol::kRtsp).accepted());
    t->tick();
    CHECK(rtsp_sessions(t) == 0);
}

TEST_CASE("a connection that waits is cut off when the right that it was accepted with ends") {
    TestOrchestrator t;
    const auto key = t.key();
    announce(t, key, 1);
    const auto poll = [&t] {
        t.clock.advance(seconds(1));
        t->tick();
    };
    for (int i = 0; i < 5; ++i) poll();
    CHECK(rtsp_sessions(t) == 1);  // it may wait
    StreamKeyPatch patch;
    SUBCASE("the key expires") {
        patch.expires_at = t.clock.now() + milliseconds(500);
    }
    SUBCASE("its address is no longer allowed") {
        patch.policies.allowed_addresses = {{AddressRange::parse("198.51.100.0/24").value()}};
    }
    REQUIRE(t->update_stream_key(key.key.id, patch, t.caller));
    poll();
    CHECK(rtsp_sessions(t) == 0);
    CHECK(t.media->kick_count() == 1);
}

TEST_CASE("a connection id of another key's publisher is refused and never cut off") {
    TestOrchestrator t;
    const auto key = t.key("live/a");
    REQUIRE(t.publish(key, "c1"));
    const auto mine = t.key("live/b");
    CHECK(t.ask(mine, "c1").refusal == PublishRefusal::kForeignConnection);
    REQUIRE(t->revoke_stream_key(mine.key.id, t.caller));
    CHECK(t.media->find_path("live/a"));
    CHECK(t.media->kick_count() == 0);
}

TEST_CASE("a cut-off does not kick a connection that is at another key's path") {
    TestOrchestrator t;
    const auto mine = t.key("live/b");
    REQUIRE(t.ask(mine, "c1").accepted());  // no connection has that id yet
    t.media->publish(ConnectionKind::kRtmp, {"c1"}, "elsewhere");
    const auto revoked = t->revoke_stream_key(mine.key.id, t.caller);
    REQUIRE(revoked);
    CHECK(revoked->cutoff.kicked == 0);
    CHECK(revoked->cutoff.pending == 0);
    CHECK(t.media->find_path("elsewhere"));
}

TEST_CASE("a cut-off does not kick viewers") {
    TestOrchestrator t;
    const auto mine = t.key("live/b");
    REQUIRE(t.ask(mine, "viewer").accepted());
    t.media->watch(ConnectionKind::kRtmp, {"viewer"}, "live/b");
    REQUIRE(t->revoke_stream_key(mine.key.id, t.caller));
    CHECK(t.media->kick_count() == 0);
}

TEST_CASE_FIXTURE(FasterTurn, "a cut-off that the node's turn has carried out is not repeated") {
    const auto key = t.key();
    SUBCASE("it counts as kicked") {
        REQUIRE(t.publish(key, "c1"));
        CHECK(t->revoke_stream_key(key.key.id, t.caller)->cutoff.kicked == 1);
        CHECK(t.live().empty());
    }
    SUBCASE("if the connection was absent, it does not") {
        REQUIRE(t.ask(key, "c1").accepted());
        CHECK(t->revoke_stream_key(key.key.id, t.caller)->cutoff.kicked == 0);
    }
    CHECK_FALSE(interruption);
    check_done_once();
}

TEST_CASE("a connection that has a key again is cut off again") {
    TestOrchestrator t;
    const auto key = t.key();
    for (const std::uint64_t times : {1U, 2U}) {
        REQUIRE(t.publish(key, "c1"));
        const StreamId id = t.live().front().id;
        CHECK(t->stop_stream(id, seconds(0), t.caller)->cutoff.kicked == 1);
        CHECK_FALSE(t.media->find_path(key.key.playback_path));
        CHECK(t->figures().cutoffs.verified == times);
    }
}

TEST_CASE("revoking an unused key kicks nothing, and revoking is idempotent") {
    TestOrchestrator t;
    const auto key = t.key();
    for (int i = 0; i < 2; ++i) {
        const auto revoked = t->revoke_stream_key(key.key.id, t.caller);
        REQUIRE(revoked);
        CHECK(revoked->cutoff.kicked == 0);
        CHECK(revoked->cutoff.pending == 0);
    }
    AuditFilter filter;
    filter.action = "delete";
    CHECK(t->list_audit(filter)->total == 1);
}

TEST_CASE("a kick that the media server loses is repeated") {
    TestOrchestrator t;
    const auto key = t.key();
    REQUIRE(t.publish(key, "c1"));
    t.media->lose_next_kicks(1);
    const auto revoked = t->revoke_stream_key(key.key.id, t.caller);
    REQUIRE(revoked);
    CHECK(revoked->cutoff.kicked == 1);
    CHECK_FALSE(t.media->find_path("live/drone1"));
}

TEST_CASE("a kick that fails is pending, and is repeated when the media server is back") {
    TestOrchestrator t;
    const auto key = t.key();
    REQUIRE(t.publish(key, "c1"));
    t.media->set_down(true);
    const auto revoked = t->revoke_stream_key(key.key.id, t.caller);
    REQUIRE(revoked);
    CHECK(revoked->cutoff.pending == 1);
    CHECK_FALSE(t.ask(key, "c2").accepted());
    t.media->set_down(false);
    t->tick();
    CHECK_FALSE(t.media->find_path("live/drone1"));
    CHECK(t.live().empty());
}

TEST_CASE("a source of a revoked key that MediaMTX knows by another id is cut off too") {
    TestOrchestrator t;
    const auto key = t.key();
    t.media->set_rtsp_ids_differ(true);
    REQUIRE(t.ask(key, "connection", Protocol::kRtsp).accepted());
    t.media->publish(ConnectionKind::kRtsp, {"session"}, "live/drone1");
    const auto revoked = t->revoke_stream_key(key.key.id, t.caller);
    REQUIRE(revoked);
    CHECK(revoked->cutoff.kicked == 1);
    CHECK_FALSE(t.media->find_path("live/drone1"));
}

TEST_CASE("the path of a revoked key can go to a new key, whose publisher is not removed") {
    TestOrchestrator t;
    const auto key = t.key();
    REQUIRE(t.publish(key, "c1"));
    t.media->set_down(true);
    REQUIRE(t->revoke_stream_key(key.key.id, t.caller));
    t.media->set_down(false);
    t.media->disconnect({"c1"});
    const auto successor = t.key();
    REQUIRE(t.publish(successor, "c2"));
    t->tick();
    REQUIRE(t.live().size() == 1);
    CHECK(t.live().front().stream_key_id == successor.key.id);
    CHECK(t.media->find_path("live/drone1"));
}

TEST_CASE("the next poll kicks a publisher of a revoked key that the storage did not know") {
    TestOrchestrator t;
    const auto key = t.key();
    REQUIRE(t->revoke_stream_key(key.key.id, t.caller));
    t.media->publish(ConnectionKind::kRtmp, {"ghost"}, key.value.reveal());
    t->tick();
    CHECK_FALSE(t.media->find_path(key.value.reveal()));
}

TEST_CASE("a stopped stream ends with its reason and its key stays valid") {
    TestOrchestrator t;
    const auto key = t.key();
    REQUIRE(t.publish(key, "c1"));
    const StreamId id = t.live().front().id;
    const auto stopped = t->stop_stream(id, std::chrono::seconds(0), t.caller);
    REQUIRE(stopped);
    CHECK(stopped->cutoff.kicked == 1);
    CHECK(stopped->stream.state == StreamState::kEnded);
    CHECK(stopped->stream.end_reason == EndReason::kStopped);
    REQUIRE(t->source_unavailable({"live/drone1", "rtmpConn", ConnectionId{"c1"}}));
    CHECK(t->find_stream(id)->end_reason == EndReason::kStopped);
    CHECK(t.publish(key, "c2"));
    CHECK(t.live().front().id != id);
    CHECK(t->stop_stream(id, std::chrono::seconds(0), t.caller)->cutoff.kicked == 0);
}

TEST_CASE("a stopped stream ends although its encoder connects again at that moment") {
    FasterTurn turn;
    TestOrchestrator& t = turn.t;
    const auto key = t.key();
    REQUIRE(t.publish(key, "c1"));
    const StreamId id = t.live().front().id;
    turn.interruption = [&] {
        t.media->disconnect({"c1"});
        REQUIRE(t.publish(key, "c2"));
    };
    const auto stopped = t->stop_stream(id, seconds(0), t.caller);
    REQUIRE(stopped);
    CHECK_FALSE(turn.interruption);
    CHECK(stopped->stream.state == StreamState::kEnded);
    CHECK(stopped->stream.end_reason == EndReason::kStopped);
    CHECK(stopped->cutoff.pending == 0);
    REQUIRE(t.live().size() == 1);
    CHECK(t.live().front().id != id);
    CHECK(t.live().front().source_id == ConnectionId{"c2"});
    CHECK(t.media->find_path("live/drone1"));
}

TEST_CASE("a broadcaster with a live stream is deleted only by force, and its stream ends") {
    TestOrchestrator t;
    const auto key = t.key();
    REQUIRE(t.publish(key, "c1"));
    const auto refused = t->delete_broadcaster(key.key.broadcaster_id, false, t.caller);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == ErrorCode::kConflict);
    CHECK(t.live().size() == 1);
    const auto deleted = t->delete_broadcaster(key.key.broadcaster_id, true, t.caller);
    REQUIRE(deleted);
    CHECK(deleted->kicked == 1);
    CHECK(t.live().empty());
    CHECK(t->find_broadcaster(key.key.broadcaster_id).error().code == ErrorCode::kNotFound);
    CHECK(t->find_stream_key(key.key.id).error().code == ErrorCode::kNotFound);
    CHECK_FALSE(t.ask(key, "c2").accepted());
}
