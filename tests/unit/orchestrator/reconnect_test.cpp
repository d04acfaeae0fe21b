// The reconnect window, silence, and other interruptions between a stream and its source.
#include <doctest/doctest.h>

#include "rules/session.hpp"

using namespace rescuestream;
using namespace rescuestream::rules;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

const Timestamp kNow{seconds(1'000'000)};
const ConnectionId kOld{"old"};
const ConnectionId kNew{"new"};
const StreamId kStreamId(*Uuid::parse("00000000-0000-7000-8000-000000000001"));

SourceAvailable source(const ConnectionId& connection) {
    return {connection, "rtmpConn", "live/a", false, Protocol::kRtmp};
}

/// A session that keeps its changes, as the storage would.
struct Story {
    Session session;
    Transition last;
    std::vector<StreamTransition> timeline;
    std::optional<Stream> ended;

    Story() { session.key.playback_path = "live/a"; }

    void accept(const ConnectionId& connection, seconds when) {
        Claim claim;
        claim.connection = connection;
        claim.protocol = Protocol::kRtmp;
        claim.claimed_at = kNow + when;
        session.claim = claim;
    }

    Story& see(What what, seconds when, ObservedBy by = ObservedBy::kHook) {
        last = apply(session, {std::move(what), by, kNow + when}, kStreamId, SessionSettings{});
        if (last.set_claim) session.claim = last.claim;
        timeline.insert(timeline.end(), last.lines.begin(), last.lines.end());
        if (!last.stream) return *this;
        session.stream = last.stream;
        if (last.stream->state == StreamState::kEnded) {
            ended = last.stream;
            session.stream.reset();
        }
        return *this;
    }
};

Story on_air() {
    Story story;
    story.accept(kOld, seconds(0));
    story.see(source(kOld), seconds(2));
    return story;
}

std::vector<TransitionKind> kinds(const Story& story) {
    std::vector<TransitionKind> result;
    for (const auto& line : story.timeline) result.push_back(line.kind);
    return result;
}

}  // namespace

TEST_CASE("when a source ends, its stream is reconnecting and its key is free") {
    Story story = on_air();
    story.see(SourceUnavailable{kOld}, seconds(10));
    REQUIRE(story.session.stream);
    CHECK(story.session.stream->state == StreamState::kReconnecting);
    CHECK(story.session.stream->interrupted_at == kNow + seconds(10));
    CHECK(story.last.event == EventType::kStreamInterrupted);
    CHECK_FALSE(story.session.claim);
    CHECK(story.timeline.back().reason == "source_gone");
}

TEST_CASE("an encoder that reconnects within the window continues its stream") {
    Story story = on_air();
    story.see(SourceUnavailable{kOld}, seconds(10));
    story.accept(kNew, seconds(60));
    story.see(source(kNew), seconds(69));  // within the window counts when it is live again
    REQUIRE(story.session.stream);
    const Stream& stream = *story.session.stream;
    CHECK(stream.id == kStreamId);
    CHECK(stream.state == StreamState::kLive);
    CHECK(stream.generation == 2);
    CHECK(stream.started_at == kNow + seconds(2));
    CHECK(stream.interruptions == 1);
    CHECK(stream.interrupted_for == seconds(59));
    CHECK(story.last.event == EventType::kStreamResumed);
    CHECK(story.timeline.back().gap == milliseconds(59'000));
    CHECK(kinds(story) == std::vector{TransitionKind::kAccepted, TransitionKind::kStarted,
                                      TransitionKind::kInterrupted, TransitionKind::kAccepted,
                                      TransitionKind::kResumed});
}

TEST_CASE("a stream whose window is over ends with the time of its last source") {
    Story story = on_air();
    story.see(SourceUnavailable{kOld}, seconds(10));
    CHECK_FALSE(story.see(TimePassed{}, seconds(69)).last.changes_anything());
    story.see(TimePassed{}, seconds(70), ObservedBy::kReconciler);
    REQUIRE(story.ended);
    CHECK(story.ended->end_reason == EndReason::kReconnectTimeout);
    CHECK(story.ended->ended_at == kNow + seconds(10));
    CHECK(story.timeline.back().at == kNow + seconds(70));
    CHECK(story.timeline.back().source == ObservedBy::kReconciler);
}

TEST_CASE("a key can have a reconnect window of its own") {
    Story story = on_air();
    story.session.key.policies.reconnect_window = seconds(5);
    story.see(SourceUnavailable{kOld}, seconds(10)).see(TimePassed{}, seconds(15));
    CHECK(story.ended);
}

TEST_CASE("the window does not end while an accepted connection may still begin") {
    Story story = on_air();
    story.see(SourceUnavailable{kOld}, seconds(10));
    story.accept(kNew, seconds(69));
    CHECK_FALSE(story.see(TimePassed{}, seconds(75)).last.changes_anything());
    story.see(source(kNew), seconds(76));
    CHECK(story.session.stream->state == StreamState::kLive);
}

TEST_CASE("a silent source interrupts its stream, and its next byte resumes it") {
    Story story = on_air();
    story.see(SourceStalled{kOld, kNow + seconds(20)}, seconds(25));
    REQUIRE(story.session.claim);
    CHECK(story.session.claim->stalled_since == kNow + seconds(20));
    CHECK(story.session.stream->state == StreamState::kReconnecting);
    CHECK(story.session.stream->interrupted_at == kNow + seconds(20));
    CHECK(story.timeline.back().reason == "stalled");

    // A report about the source does not count as a byte.
    CHECK_FALSE(story.see(source(kOld), seconds(26)).last.changes_anything());
    story.see(SourceDelivers{source(kOld)}, seconds(28));
    CHECK_FALSE(story.session.claim->stalled_since);
    CHECK(story.session.stream->state == StreamState::kLive);
    CHECK(story.session.stream->generation == 1);
    CHECK(story.timeline.back().gap == milliseconds(8'000));
}

TEST_CASE("the gap of a silent source that ends begins at its last byte") {
    Story story = on_air();
    story.see(SourceStalled{kOld, kNow + seconds(20)}, seconds(25));
    story.see(SourceUnavailable{kOld}, seconds(31));
    CHECK_FALSE(story.session.claim);
    CHECK(story.session.stream->interrupted_at == kNow + seconds(20));
    CHECK(story.see(TimePassed{}, seconds(80)).ended);
}

TEST_CASE("a source that was silent for longer than the window starts a new stream") {
    Story story = on_air();
    story.see(SourceStalled{kOld, kNow + seconds(20)}, seconds(25));
    story.see(TimePassed{}, seconds(80));
    REQUIRE(story.ended);
    REQUIRE(story.session.claim);  // the connection is still there
    story.see(SourceDelivers{source(kOld)}, seconds(90));
    REQUIRE(story.session.stream);
    CHECK(story.session.stream->started_at == kNow + seconds(90));
    CHECK(story.session.stream->generation == 1);
}

TEST_CASE("the silence of one connection does not affect another") {
    Story story = on_air();
    CHECK_FALSE(
        story.see(SourceStalled{kNew, kNow + seconds(20)}, seconds(25)).last.changes_anything());
    CHECK_FALSE(story.see(SourceDelivers{source(kOld)}, seconds(26)).last.changes_anything());
}

TEST_CASE("a new connection that never publishes loses the key to the source that still delivers") {
    Story story = on_air();
    story.accept(kNew, seconds(10));
    SUBCASE("its connection is gone") {
        story.see(ReservationLost{kNew}, seconds(13));
    }
    SUBCASE("its reservation has timed out") {
        story.see(TimePassed{}, seconds(41));
    }
    REQUIRE(story.session.claim);
    CHECK(story.session.claim->connection == kOld);
    CHECK(story.session.claim->live);
    CHECK(story.session.stream->state == StreamState::kLive);
}

TEST_CASE("the reservation of a connection that is gone is released") {
    Story story;
    story.accept(kOld, seconds(0));
    CHECK_FALSE(story.see(ReservationLost{kNew}, seconds(2)).last.changes_anything());
    story.see(ReservationLost{kOld}, seconds(2));
    CHECK_FALSE(story.session.claim);
    Story live = on_air();
    CHECK_FALSE(live.see(ReservationLost{kOld}, seconds(3)).last.changes_anything());
}

TEST_CASE("streams of a lost node end, and their publishers keep their claim") {
    Story story = on_air();
    story.see(NodeLost{kNow + seconds(10)}, seconds(70), ObservedBy::kReconciler);
    REQUIRE(story.ended);
    CHECK(story.ended->end_reason == EndReason::kNodeLost);
    CHECK(story.ended->ended_at == kNow + seconds(10));
    // The claim is that of a silent source: another encoder may take the key, and new bytes make it
    // live again.
    CHECK(story.session.claim->stalled_since == kNow + seconds(10));
    story.see(SourceDelivers{source(kOld)}, seconds(90), ObservedBy::kReconciler);
    CHECK(story.session.stream);
}

TEST_CASE("an unknown publisher is adopted only if no connection holds the key") {
    Story story;
    story.see(SourceAdopted{source(kOld), "default"}, seconds(1), ObservedBy::kReconciler);
    REQUIRE(story.session.stream);
    CHECK(story.session.claim->connection == kOld);
    CHECK(story.session.claim->protocol == Protocol::kRtmp);
    CHECK(story.session.stream->node == "default");

    Story held = on_air();
    CHECK_FALSE(
        held.see(SourceAdopted{source(kNew), "default"}, seconds(3)).last.changes_anything());
    held.session.claim.reset();  // it is being cut off
    CHECK_FALSE(
        held.see(SourceAdopted{source(kOld), "default"}, seconds(3)).last.changes_anything());
    Story disabled;
    disabled.session.key.broadcaster_disabled = true;
    CHECK_FALSE(
        disabled.see(SourceAdopted{source(kOld), "default"}, seconds(3)).last.changes_anything());
}

TEST_CASE("a gap is never negative when the clock was set back") {
    Story story = on_air();
    story.see(SourceUnavailable{kOld}, seconds(10));
    story.accept(kNew, seconds(11));
    story.see(source(kNew), seconds(-3'600));
    CHECK(story.session.stream->interrupted_for == milliseconds(0));
}
