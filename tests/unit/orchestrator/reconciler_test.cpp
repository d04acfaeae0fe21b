// Polls of a media server that the test controls.
#include <doctest/doctest.h>

#include "support/test_orchestrator.hpp"

using namespace rescuestream;
using namespace rescuestream::testing;
using std::chrono::seconds;

namespace {

OrchestratorSettings with_window() {
    auto settings = TestOrchestrator::default_settings();
    settings.reconnect_window = seconds(60);
    return settings;
}

OrchestratorSettings with(UnknownPublisher policy) {
    auto settings = with_window();
    settings.unknown_publisher = policy;
    return settings;
}

// Lets a second pass in which the source delivers something, and polls.
void poll(TestOrchestrator& t, const char* delivering = nullptr) {
    t.clock.advance(seconds(1));
    if (delivering != nullptr) t.media->receive_bytes(delivering, 50'000);
    t->tick();
}

void poll(TestOrchestrator& t, int times, const char* delivering = nullptr) {
    for (int i = 0; i < times; ++i) poll(t, delivering);
}

Stream only_stream(TestOrchestrator& t) {
    const auto all = t->list_streams({}).value().items;
    REQUIRE(all.size() == 1);
    return all[0];
}

constexpr const char* kPath = "live/drone1";

}  // namespace

TEST_CASE("a source that falls silent leaves the list and returns with its next byte") {
    TestOrchestrator t(with_window());
    const auto key = t.key();
    REQUIRE(t.publish(key, "c1"));
    poll(t, 3, kPath);
    poll(t, 4);
    CHECK(t.live().size() == 1);
    poll(t, 2);
    CHECK(t.live().empty());
    CHECK(only_stream(t).state == StreamState::kReconnecting);
    poll(t, kPath);
    REQUIRE(t.live().size() == 1);
    CHECK(t.live()[0].generation == 1);
    CHECK(t.live()[0].interruptions == 1);
    const auto timeline = t->stream_timeline(t.live()[0].id).value();
    REQUIRE(timeline.size() == 4);
    CHECK(timeline[2].reason == "stalled");
    CHECK(timeline[3].kind == TransitionKind::kResumed);
}

TEST_CASE("a key can allow its source a longer silence") {
    TestOrchestrator t(with_window());
    const auto key = t.key();
    StreamKeyPatch patch;
    patch.policies.stale_after = seconds(30);
    t->update_stream_key(key.key.id, patch, t.caller).value();
    REQUIRE(t.publish(key, "c1"));
    poll(t, 25);
    CHECK(t.live().size() == 1);
    poll(t, 8);
    CHECK(t.live().empty());
}

TEST_CASE("a silent source loses its key to another encoder, and one that delivers keeps it") {
    auto settings = with_window();
    settings.on_duplicate = OnDuplicate::kRejectIfHealthy;
    TestOrchestrator t(settings);
    const auto key = t.key();
    REQUIRE(t.publish(key, "c1"));
    poll(t, 3, kPath);
    CHECK(t.ask(key, "c2").refusal == PublishRefusal::kInUse);
    poll(t, 7);
    REQUIRE(t.publish(key, "c2"));
    REQUIRE(t.live().size() == 1);
    CHECK(t.live()[0].source_id == ConnectionId{"c2"});
    CHECK(t.live()[0].generation == 2);
}

TEST_CASE("a clock that is set forward or back does not make a source silent") {
    TestOrchestrator t(with_window());
    const auto key = t.key();
    REQUIRE(t.publish(key, "c1"));
    poll(t, 2, kPath);
    SUBCASE("forward") {
        t.clock.step(std::chrono::hours(1));
    }
    SUBCASE("back") {
        t.clock.step(-std::chrono::hours(1));
    }
    poll(t, 3, kPath);
    CHECK(t.live().size() == 1);
}

TEST_CASE("figures of a live stream come from the polls, and its totals stay when it ends") {
    TestOrchestrator t;
    const auto key = t.key();
    REQUIRE(t.publish(key, "c1"));
    const auto id = t.live().at(0).id;
    CHECK_FALSE(t->stream_figures(id));
    t.media->add_reader(kPath, "webRTCSession", {"r1"});
    t.media->add_reader(kPath, "hlsSession", {"r2"});
    t.media->add_reader(kPath, "hlsSession", {"r3"});
    poll(t, 5, kPath);
    const auto figures = t->stream_figures(id);
    REQUIRE(figures);
    CHECK(figures->inbound_bytes == 250'000);
    CHECK(figures->bitrate > 350'000);  // 50 kB a second; real time passes too
    CHECK(figures->bitrate <= 400'000);
    CHECK(figures->readers == std::map<std::string, std::uint32_t>{{"hls", 2}, {"webrtc", 1}});
    CHECK(figures->remote_address == "192.0.2.7");
    CHECK(figures->protocol == Protocol::kRtmp);
    CHECK(figures->measured_at == t.clock.now());

    t.media->disconnect({"c1"});
    t->source_unavailable({kPath, "rtmpConn", ConnectionId{"c1"}}).value();
    const auto totals = t->find_stream(id)->totals;
    REQUIRE(totals);
    CHECK(totals->inbound_bytes == 250'000);
    CHECK(totals->peak_readers == 3);
}

TEST_CASE("the list has bitrate and viewers of a live stream as soon as they are known") {
    TestOrchestrator t;
    const auto key = t.key();
    REQUIRE(t.publish(key, "c1"));
    const auto listed = [&] { return t->list_streams({}).value().items.at(0); };
    CHECK(listed().broadcaster_name == "Rescue 1");
    CHECK_FALSE(listed().bitrate);
    CHECK_FALSE(listed().viewers);
    t.media->add_reader(kPath, "hlsSession", {"r1"});
    poll(t, 1, kPath);
    CHECK_FALSE(listed().bitrate);  // one sample is no rate
    CHECK(listed().viewers == 1);
    t.media->add_reader(kPath, "webRTCSession", {"r2"});
    poll(t, 4, kPath);
    REQUIRE(listed().bitrate);
    CHECK(*listed().bitrate > 350'000);
    CHECK(*listed().bitrate <= 400'000);
    CHECK(listed().viewers == 2);
    CHECK(t->find_stream(t.live().at(0).id)->viewers == 2);

    t.media->disconnect({"c1"});
    t->source_unavailable({kPath, "rtmpConn", ConnectionId{"c1"}}).value();
    CHECK_FALSE(listed().bitrate);
    CHECK_FALSE(listed().viewers);
}

TEST_CASE("a key that expires while it is live is cut off with that reason") {
    TestOrchestrator t(with_window());
    const auto key = t.key();
    StreamKeyPatch patch;
    SUBCASE("expiry") {
        patch.expires_at = t.clock.now() + seconds(10);
    }
    SUBCASE("longest session") {
        patch.policies.max_session_duration = seconds(10);
    }
    t->update_stream_key(key.key.id, patch, t.caller).value();
    REQUIRE(t.publish(key, "c1"));
    poll(t, 9, kPath);
    CHECK(t.live().size() == 1);
    poll(t, 2, kPath);
    CHECK(t.media->list_paths()->empty());
    const auto reason = patch.expires_at ? EndReason::kKeyExpired : EndReason::kMaxDuration;
    CHECK(only_stream(t).end_reason == reason);
    CHECK(t->list_audit({})->entries.at(0).actor == "rescuestream");
}

TEST_CASE(
    "a live publisher whose address is no longer allowed is cut off, and refused from then on") {
    TestOrchestrator t(with_window());
    const auto key = t.key();
    REQUIRE(t.publish(key, "c1"));
    poll(t, 1, kPath);
    StreamKeyPatch patch;
    patch.policies.allowed_addresses = {{AddressRange::parse("192.0.2.0/24").value()}};
    t->update_stream_key(key.key.id, patch, t.caller).value();
    poll(t, 2, kPath);
    CHECK(t.live().size() == 1);
    patch.policies.allowed_addresses = {{AddressRange::parse("198.51.100.0/24").value()}};
    t->update_stream_key(key.key.id, patch, t.caller).value();
    poll(t, 2, kPath);
    CHECK(t.media->list_paths()->empty());
    CHECK(only_stream(t).end_reason == EndReason::kAddressNotAllowed);
    CHECK(t->list_audit({})->entries.at(0).actor == "rescuestream");
    CHECK(t.ask(key, "c2").refusal == PublishRefusal::kAddressNotAllowed);
}

TEST_CASE("a publisher of unknown address does not get a key that allows some addresses") {
    auto settings = with_window();
    settings.unknown_publisher = UnknownPublisher::kAdopt;
    TestOrchestrator t(settings);
    const auto key = t.key();
    StreamKeyPatch patch;
    patch.policies.allowed_addresses = {{AddressRange::parse("0.0.0.0/0").value()}};
    t->update_stream_key(key.key.id, patch, t.caller).value();
    t.media->publish(ConnectionKind::kRtmp, {"stranger"}, kPath);
    poll(t, 3, kPath);
    CHECK(t.media->list_paths()->empty());
    CHECK(t.live().empty());
}

TEST_CASE("a publisher with the old value of a rotated key is removed after the overlap") {
    TestOrchestrator t(with_window());
    const auto key = t.key();
    REQUIRE(t.publish(key, "c1"));
    const auto rotated = t->rotate_stream_key(key.key.id, seconds(10), t.caller).value();
    CHECK(rotated.cutoff.kicked == 0);
    poll(t, 8, kPath);
    CHECK(t.live().size() == 1);
    poll(t, 3, kPath);
    CHECK(only_stream(t).end_reason == EndReason::kKeyRotated);
    CHECK(t.ask(key, "c2").refusal == PublishRefusal::kExpired);
    CreatedStreamKey with_new_value{rotated.key, rotated.value};
    CHECK(t.publish(with_new_value, "c3"));
}

TEST_CASE("an unknown publisher is kicked, adopted or ignored according to the setting") {
    const auto policy = [] {
        UnknownPublisher wanted = UnknownPublisher::kKick;
        SUBCASE("kick") {
            wanted = UnknownPublisher::kKick;
        }
        SUBCASE("adopt") {
            wanted = UnknownPublisher::kAdopt;
        }
        SUBCASE("ignore") {
            wanted = UnknownPublisher::kIgnore;
        }
        return wanted;
    }();
    TestOrchestrator t(with(policy));
    t.key();
    t.media->publish(ConnectionKind::kRtmp, {"known path"}, kPath);
    t.media->publish(ConnectionKind::kRtsp, {"no path of ours"}, "somewhere/else");
    poll(t, 2);
    const bool stays_on_key = policy != UnknownPublisher::kKick;
    const bool stays_elsewhere = policy == UnknownPublisher::kIgnore;
    CHECK(t.media->find_path(kPath).has_value() == stays_on_key);
    CHECK(t.media->find_path("somewhere/else").has_value() == stays_elsewhere);
    CHECK(t.live().size() == (policy == UnknownPublisher::kAdopt ? 1U : 0U));
}

TEST_CASE("a publisher of a disabled key is kicked whatever the setting for unknown ones") {
    TestOrchestrator t(with(UnknownPublisher::kIgnore));
    const auto key = t.key();
    t->disable_stream_key(key.key.id, t.caller).value();
    t.media->publish(ConnectionKind::kRtmp, {"c1"}, kPath);
    poll(t);
    CHECK_FALSE(t.media->find_path(kPath).has_value());
}

TEST_CASE("a reservation whose connection is gone is released after two polls") {
    TestOrchestrator t(with_window());
    const auto key = t.key();
    SUBCASE("RTMP, and the connection is there: it may still become live") {
        REQUIRE(t.ask(key, "c1").accepted());
        t.media->connect(ConnectionKind::kRtmp, {"c1"}, "192.0.2.7:4711");
        poll(t, 4);
        CHECK(t.ask(key, "c2").refusal == PublishRefusal::kInUse);
    }
    SUBCASE("RTSP, and the session is there") {
        REQUIRE(t.ask(key, "c1", Protocol::kRtsp).accepted());
        t.media->announce({"c1"}, key.key.playback_path);
        poll(t, 4);
        CHECK(t.ask(key, "c2").refusal == PublishRefusal::kInUse);
    }
    SUBCASE("RTSP, and the session is there by another id") {
        REQUIRE(t.ask(key, "c1", Protocol::kRtsp).accepted());
        t.media->announce({"session"}, key.key.playback_path, {"c1"});
        poll(t, 4);
        CHECK(t.ask(key, "c2").refusal == PublishRefusal::kInUse);
    }
    SUBCASE("RTSP, and it is gone") {
        REQUIRE(t.ask(key, "c1", Protocol::kRtsp).accepted());
        poll(t, 3);
        CHECK(t.ask(key, "c2").accepted());
    }
    SUBCASE("RTMP, and it is gone") {
        REQUIRE(t.ask(key, "c1").accepted());
        CHECK(t.ask(key, "c2").refusal == PublishRefusal::kInUse);
        poll(t, 3);
        CHECK(t.ask(key, "c2").accepted());
    }
}

TEST_CASE("after a restart of the media server a single poll ends streams that are gone") {
    TestOrchestrator t(with_window());
    const auto key = t.key();
    REQUIRE(t.publish(key, "c1"));
    poll(t, kPath);
    t.media->restart();
    poll(t);
    CHECK(only_stream(t).state == StreamState::kReconnecting);
    REQUIRE(t.publish(key, "c2"));
    CHECK(only_stream(t).generation == 2);
}

TEST_CASE(
    "streams of a media server that does not answer are shown as unknown, and later end as lost") {
    TestOrchestrator t(with_window());
    const auto key = t.key();
    REQUIRE(t.publish(key, "c1"));
    poll(t, kPath);
    const auto seen_at = t.clock.now();
    t.media->set_down(true);
    poll(t, 59);
    REQUIRE(t.live().size() == 1);
    CHECK(t.live()[0].state == StreamState::kUnknown);
    CHECK(t.live()[0].last_seen_at == seen_at);
    poll(t, 2);
    CHECK(only_stream(t).end_reason == EndReason::kNodeLost);

    t.media->set_down(false);
    poll(t, 2, kPath);  // it was never gone: a new stream of the same connection
    CHECK(t.live().size() == 1);
}

TEST_CASE("a hook that reports a false end changes nothing") {
    TestOrchestrator t;
    const auto key = t.key();
    REQUIRE(t.publish(key, "c1"));
    t->source_unavailable({kPath, "rtmpConn", ConnectionId{"c1"}}).value();
    CHECK(t.live().size() == 1);
    CHECK_FALSE(t.ask(key, "c2").accepted());
}

TEST_CASE("a stop can keep the key blocked for a time") {
    TestOrchestrator t;
    const auto key = t.key();
    REQUIRE(t.publish(key, "c1"));
    const auto id = t.live().at(0).id;
    CHECK(t->stop_stream(id, seconds(-1), t.caller).error().code == ErrorCode::kInvalidArgument);
    const auto stopped = t->stop_stream(id, seconds(30), t.caller).value();
    CHECK(stopped.stream.end_reason == EndReason::kStopped);
    CHECK(t.ask(key, "c2").refusal == PublishRefusal::kBlocked);
    t.clock.advance(seconds(30));
    CHECK(t.publish(key, "c2"));
}

TEST_CASE("a stream's record and its timeline agree on who ended it") {
    TestOrchestrator t(with_window());
    const auto key = t.key();
    REQUIRE(t.publish(key, "c1"));
    auto expected = ObservedBy::kAdmin;
    std::string reason = "stopped";
    SUBCASE("an administrator stops it") {
        t->stop_stream(only_stream(t).id, seconds(0), t.caller).value();
    }
    SUBCASE("an administrator revokes its key") {
        t->revoke_stream_key(key.key.id, t.caller).value();
        reason = "key_revoked";
    }
    SUBCASE("its key expires") {
        StreamKeyPatch patch;
        patch.expires_at = t.clock.now() + seconds(5);
        t->update_stream_key(key.key.id, patch, t.caller).value();
        poll(t, 6, kPath);
        expected = ObservedBy::kReconciler;
        reason = "key_expired";
    }
    SUBCASE("the value of its key from before a rotation expires") {
        t->rotate_stream_key(key.key.id, seconds(5), t.caller).value();
        poll(t, 6, kPath);
        expected = ObservedBy::kReconciler;
        reason = "key_rotated";
    }
    SUBCASE("it has lasted as long as its key allows") {
        StreamKeyPatch patch;
        patch.policies.max_session_duration = seconds(5);
        t->update_stream_key(key.key.id, patch, t.caller).value();
        poll(t, 6, kPath);
        expected = ObservedBy::kReconciler;
        reason = "max_duration";
    }
    const Stream stream = only_stream(t);
    REQUIRE(stream.state == StreamState::kEnded);
    CHECK(stream.observed_by == expected);
    const auto timeline = t->stream_timeline(stream.id).value();
    CHECK(timeline.back().source == expected);
    CHECK(timeline.back().reason == reason);
}
