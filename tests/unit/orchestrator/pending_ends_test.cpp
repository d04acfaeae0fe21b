// Streams whose end is ordered while their connection cannot be removed yet.
#include <doctest/doctest.h>

#include <functional>
#include <string>
#include <vector>

#include "support/test_orchestrator.hpp"

using namespace rescuestream;
using namespace rescuestream::testing;
using std::chrono::seconds;

namespace {

OrchestratorSettings settings_of_pending_ends() {
    auto settings = TestOrchestrator::default_settings();
    settings.on_duplicate = OnDuplicate::kTakeover;
    settings.reconnect_window = seconds(60);
    settings.cutoff_deadline = std::chrono::milliseconds(50);
    return settings;
}

/// A key whose stream "c1" delivers, on a media server that loses all kicks.
struct LostKicks {
    LostKicks() {
        REQUIRE(t.publish(key, "c1"));
        stream = t.live().front().id;
        t.media->lose_next_kicks(1'000);
    }

    void check_ended(EndReason reason) {
        const auto ended = t->find_stream(stream).value();
        CHECK(ended.state == StreamState::kEnded);
        CHECK(ended.end_reason == reason);
        CHECK(ended.source_id == ConnectionId{"c1"});
        CHECK(ended.generation == 1);
        const auto timeline = t->stream_timeline(stream).value();
        REQUIRE_FALSE(timeline.empty());
        CHECK(timeline.back().kind == TransitionKind::kEnded);
        CHECK(timeline.back().reason == to_string(reason));
    }

    TestOrchestrator t{settings_of_pending_ends()};
    CreatedStreamKey key = t.key();
    StreamId stream;
};

struct Way {
    std::string name;
    EndReason reason;
    std::function<void(TestOrchestrator&, CreatedStreamKey&, StreamId)> order;
};

// All orders to end a stream after which the key can be used again.
std::vector<Way> ways_to_end() {
    return {
        {"stop", EndReason::kStopped,
         [](auto& t, auto&, StreamId id) {
             CHECK(t->stop_stream(id, seconds(0), t.caller).value().cutoff.pending == 1);
         }},
        {"disable, then enable", EndReason::kDisabled,
         [](auto& t, auto& key, StreamId) {
             const auto disabled = t->disable_stream_key(key.key.id, t.caller).value();
             CHECK(disabled.cutoff.pending == 1);
             REQUIRE(t->enable_stream_key(key.key.id, t.caller));
         }},
        {"rotate", EndReason::kKeyRotated,
         [](auto& t, auto& key, StreamId) {
             auto rotated = t->rotate_stream_key(key.key.id, seconds(0), t.caller).value();
             CHECK(rotated.cutoff.pending == 1);
             key.value = rotated.value;
         }},
        {"expire, then extend", EndReason::kKeyExpired,
         [](auto& t, auto& key, StreamId) {
             StreamKeyPatch patch;
             patch.expires_at = t.clock.now() + seconds(10);
             REQUIRE(t->update_stream_key(key.key.id, patch, t.caller));
             t.clock.advance(seconds(11));
             t->tick();
             patch.expires_at = t.clock.now() + seconds(1'000);
             REQUIRE(t->update_stream_key(key.key.id, patch, t.caller));
         }},
        {"the longest duration", EndReason::kMaxDuration,
         [](auto& t, auto& key, StreamId) {
             StreamKeyPatch patch;
             patch.policies.max_session_duration = seconds(10);
             REQUIRE(t->update_stream_key(key.key.id, patch, t.caller));
             t.clock.advance(seconds(11));
             t->tick();
         }},
    };
}

}  // namespace

TEST_CASE("an encoder that connects again does not continue a stream that is being cut off") {
    for (const auto& way : ways_to_end()) {
        CAPTURE(way.name);
        LostKicks lost;
        TestOrchestrator& t = lost.t;
        way.order(t, lost.key, lost.stream);
        REQUIRE(t->find_stream(lost.stream).value().state == StreamState::kLive);

        SUBCASE("beside its old connection") {}
        SUBCASE("after its old connection") {
            t.media->disconnect({"c1"});
        }
        REQUIRE(t.publish(lost.key, "c2"));
        lost.check_ended(way.reason);
        REQUIRE(t.live().size() == 1);
        const StreamId second = t.live().front().id;
        CHECK(second != lost.stream);
        CHECK(t.live().front().source_id == ConnectionId{"c2"});

        // The pending cut-off concerns the old connection only.
        t.media->lose_next_kicks(0);
        for (int round = 0; round < 3; ++round) t->tick();
        REQUIRE(t.live().size() == 1);
        CHECK(t.live().front().id == second);
        lost.check_ended(way.reason);
        CHECK(t->figures().cutoffs.pending == 0);
    }
}

TEST_CASE("a poll that sees the new connection first does not continue a stopped stream either") {
    LostKicks lost;
    TestOrchestrator& t = lost.t;
    REQUIRE(t->stop_stream(lost.stream, seconds(0), t.caller));
    REQUIRE(t.ask(lost.key, "c2").accepted());
    t.media->publish(ConnectionKind::kRtmp, {"c2"}, lost.key.key.playback_path);
    for (int round = 0; round < 3; ++round) t->tick();
    lost.check_ended(EndReason::kStopped);
    REQUIRE(t.live().size() == 1);
    CHECK(t.live().front().source_id == ConnectionId{"c2"});
}

TEST_CASE("the same connection does not continue a stream that is being cut off") {
    LostKicks lost;
    TestOrchestrator& t = lost.t;
    REQUIRE(t->stop_stream(lost.stream, seconds(0), t.caller));
    REQUIRE(t.ask(lost.key, "c1").accepted());
    REQUIRE(t->source_available({lost.key.key.playback_path, "rtmpConn", ConnectionId{"c1"}}));
    t.media->lose_next_kicks(0);
    for (int round = 0; round < 3; ++round) t->tick();
    lost.check_ended(EndReason::kStopped);
    CHECK(t.live().empty());
    CHECK_FALSE(t.media->find_path("live/drone1"));
}

TEST_CASE("a connection that was accepted before a stop with a block does not begin during it") {
    LostKicks lost;
    TestOrchestrator& t = lost.t;
    t.media->lose_next_kicks(0);
    REQUIRE(t.ask(lost.key, "c2").accepted());
    REQUIRE(t->stop_stream(lost.stream, seconds(60), t.caller));
    t.media->publish(ConnectionKind::kRtmp, {"c2"}, lost.key.key.playback_path);
    REQUIRE(t->source_available({lost.key.key.playback_path, "rtmpConn", ConnectionId{"c2"}}));
    lost.check_ended(EndReason::kStopped);
    CHECK(t.live().empty());
    for (int round = 0; round < 3; ++round) t->tick();
    CHECK(t.live().empty());
    CHECK_FALSE(t.media->find_path("live/drone1"));
}

TEST_CASE("a stopped source does not get its key back from a connection that never appears") {
    LostKicks lost;
    TestOrchestrator& t = lost.t;
    REQUIRE(t.ask(lost.key, "c2").accepted());
    REQUIRE(t->stop_stream(lost.stream, seconds(0), t.caller));
    t.clock.advance(seconds(3));
    for (int round = 0; round < 3; ++round) t->tick();  // MediaMTX does not know c2
    t.media->lose_next_kicks(0);
    t->tick();
    lost.check_ended(EndReason::kStopped);
    REQUIRE(t.ask(lost.key, "c3").accepted());
}
