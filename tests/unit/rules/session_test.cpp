#include "rules/session.hpp"

#include <doctest/doctest.h>

namespace session_test {

using namespace rescuestream;
using namespace rescuestream::rules;
using std::chrono::seconds;

namespace {

const Timestamp kMoment{seconds(1'000'000)};
const ConnectionId kEarlier{"old"};
const ConnectionId kLater{"new"};
const StreamId kRunning(*Uuid::parse("00000000-0000-7000-8000-000000000001"));

Session session() {
    Session s;
    s.key.playback_path = "live/a";
    return s;
}

Session reserved_by(const ConnectionId& connection, Timestamp at = kMoment) {
    Session s = session();
    s.claim = Claim{};
    s.claim->connection = connection;
    s.claim->protocol = Protocol::kRtmp;
    s.claim->claimed_at = at;
    return s;
}

Transition see(const Session& s, What what, Timestamp at = kMoment,
               ObservedBy by = ObservedBy::kHook) {
    return apply(s, {std::move(what), by, at}, kRunning, SessionSettings{});
}

// A key whose streams end with their source.
Session without_window(Session s) {
    s.key.policies.reconnect_window = seconds(0);
    return s;
}

SourceAvailable available(const ConnectionId& connection, Protocol protocol = Protocol::kRtmp) {
    return {connection, "rtmpConn", "live/a", false, protocol};
}

// For a media server that may have asked with another id.
SourceAvailable available_by_other_id(const ConnectionId& connection, Protocol protocol) {
    SourceAvailable source = available(connection, protocol);
    source.id_may_differ = true;
    return source;
}

Session after(Session s, const Transition& t) {
    if (t.set_claim) s.claim = t.claim;
    if (t.stream) s.stream = t.stream->state == StreamState::kEnded ? std::nullopt : t.stream;
    return s;
}

Session live_with(const ConnectionId& connection) {
    const Session s = reserved_by(connection);
    return after(s, see(s, available(connection)));
}

// The old connection delivers, and a new one was accepted.
Session being_taken_over() {
    Session s = live_with(kEarlier);
    s.claim = reserved_by(kLater).claim;
    return s;
}

}  // namespace

TEST_CASE("a reserved connection that becomes available starts a stream") {
    const auto t = see(reserved_by(kEarlier), available(kEarlier));
    REQUIRE(t.stream);
    CHECK(t.event == EventType::kStreamStarted);
    CHECK(t.stream->id == kRunning);
    CHECK(t.stream->state == StreamState::kLive);
    CHECK(t.stream->source_id == kEarlier);
    CHECK(t.stream->source_type == "rtmpConn");
    CHECK(t.stream->path == "live/a");
    CHECK(t.stream->started_at == kMoment);
    CHECK(t.stream->generation == 1);
    REQUIRE(t.claim);
    CHECK(t.claim->live);
}

TEST_CASE("a report without a connection applies to the one that holds the claim") {
    const auto t = see(reserved_by(kEarlier), available(ConnectionId{}));
    REQUIRE(t.stream);
    CHECK(t.stream->source_id == kEarlier);
}

TEST_CASE("a repeated report changes nothing") {
    CHECK_FALSE(see(live_with(kEarlier), available(kEarlier)).changes_anything());
}

TEST_CASE("no stream starts without a claim, with another's claim or at another path") {
    CHECK_FALSE(see(session(), available(kEarlier)).changes_anything());
    CHECK_FALSE(see(reserved_by(kEarlier), available(kLater)).changes_anything());
    SourceAvailable secret_path = available(kEarlier);
    secret_path.path_is_secret = true;
    CHECK_FALSE(see(reserved_by(kEarlier), secret_path).changes_anything());
}

TEST_CASE("no stream starts on a key that is revoked, expired or disabled") {
    Session revoked = reserved_by(kEarlier);
    revoked.key.revoked_at = kMoment;
    CHECK_FALSE(see(revoked, available(kEarlier)).changes_anything());
    Session expired = reserved_by(kEarlier);
    expired.key.expires_at = kMoment;
    CHECK_FALSE(see(expired, available(kEarlier)).changes_anything());
    Session disabled = reserved_by(kEarlier);
    disabled.key.disabled = true;
    CHECK_FALSE(see(disabled, available(kEarlier)).changes_anything());
}

TEST_CASE("an RTSP session may use a reservation with another id, and other protocols may not") {
    Session s = reserved_by(kEarlier);
    s.claim->protocol = Protocol::kRtsp;
    const auto t = see(s, available_by_other_id(kLater, Protocol::kRtsp));
    REQUIRE(t.stream);
    CHECK(t.stream->source_id == kLater);
    CHECK(t.claim->connection == kLater);
    CHECK_FALSE(see(s, available_by_other_id(kLater, Protocol::kRtmp)).changes_anything());
    s.claim->live = true;
    CHECK_FALSE(see(s, available_by_other_id(kLater, Protocol::kRtsp)).changes_anything());
}

TEST_CASE("if RTSP ids agree, an RTSP session cannot use the reservation of another session") {
    Session s = reserved_by(kEarlier);
    s.claim->protocol = Protocol::kRtsp;
    CHECK_FALSE(see(s, available(kLater, Protocol::kRtsp)).changes_anything());
    CHECK(see(s, available(kEarlier, Protocol::kRtsp)).stream);
}

TEST_CASE("without a reconnect window the end of the source ends the stream and frees the key") {
    const auto t =
        see(without_window(live_with(kEarlier)), SourceUnavailable{kEarlier}, kMoment + seconds(9));
    REQUIRE(t.stream);
    CHECK(t.stream->state == StreamState::kEnded);
    CHECK(t.stream->ended_at == kMoment + seconds(9));
    CHECK(t.stream->end_reason == EndReason::kClientDisconnected);
    CHECK(t.event == EventType::kStreamEnded);
    CHECK(t.set_claim);
    CHECK_FALSE(t.claim);
}

TEST_CASE("an end that only the reconciler noticed has the reason \"lost\"") {
    const auto t = see(without_window(live_with(kEarlier)), SourceUnavailable{kEarlier}, kMoment,
                       ObservedBy::kReconciler);
    REQUIRE(t.stream);
    CHECK(t.stream->end_reason == EndReason::kLost);
    CHECK(t.stream->observed_by == ObservedBy::kReconciler);
}

TEST_CASE("an end for another connection changes nothing") {
    CHECK_FALSE(see(live_with(kEarlier), SourceUnavailable{kLater}).changes_anything());
    CHECK_FALSE(see(session(), SourceUnavailable{kLater}).changes_anything());
}

TEST_CASE(
    "an end before the ready report releases the reservation, and the late report is ignored") {
    const Session s = reserved_by(kEarlier);
    const auto t = see(s, SourceUnavailable{kEarlier});
    CHECK(t.set_claim);
    CHECK_FALSE(t.claim);
    CHECK_FALSE(t.stream);
    CHECK_FALSE(see(after(s, t), available(kEarlier)).changes_anything());
}

TEST_CASE("a takeover keeps the stream and raises its generation, whichever report comes first") {
    const Session before = being_taken_over();
    SUBCASE("new ready, old not ready") {
        const auto ready = see(before, available(kLater));
        REQUIRE(ready.stream);
        CHECK(ready.event == EventType::kStreamResumed);
        CHECK(ready.stream->id == kRunning);
        CHECK(ready.stream->generation == 2);
        CHECK(ready.stream->source_id == kLater);
        CHECK_FALSE(see(after(before, ready), SourceUnavailable{kEarlier}).changes_anything());
    }
    SUBCASE("old not ready, new ready") {
        const auto gone = see(before, SourceUnavailable{kEarlier});
        REQUIRE(gone.stream);
        CHECK(gone.stream->state == StreamState::kReconnecting);
        CHECK(gone.stream->interrupted_at == kMoment);
        CHECK_FALSE(gone.set_claim);
        const auto ready = see(after(before, gone), available(kLater));
        REQUIRE(ready.stream);
        CHECK(ready.stream->state == StreamState::kLive);
        CHECK(ready.stream->generation == 2);
        CHECK_FALSE(ready.stream->interrupted_at);
    }
}

TEST_CASE("after a takeover whose connection never publishes the reconnect window still applies") {
    const Session before = being_taken_over();
    const Session waiting =
        after(before, see(before, SourceUnavailable{kEarlier}, kMoment + seconds(1)));
    CHECK_FALSE(see(waiting, TimePassed{}, kMoment + seconds(60)).changes_anything());
    const auto t = see(waiting, TimePassed{}, kMoment + seconds(61));
    REQUIRE(t.stream);
    CHECK(t.stream->state == StreamState::kEnded);
    CHECK(t.stream->end_reason == EndReason::kReconnectTimeout);
    CHECK(t.stream->ended_at == kMoment + seconds(1));
    CHECK(t.set_claim);
}

TEST_CASE("a reservation is cut off as soon as the right that it was accepted with has ended") {
    Session s = reserved_by(kLater);
    s.claim->by_previous_value = true;
    SUBCASE("its key expired") {
        s.key.expires_at = kMoment;
    }
    SUBCASE("its key was disabled") {
        s.key.disabled = true;
    }
    SUBCASE("its key is blocked") {
        s.key.blocked_until = kMoment + seconds(1);
    }
    SUBCASE("its value was rotated") {
        s.key.previous_value_expires_at = kMoment;
    }
    SUBCASE("its address is not allowed any more") {
        s.key.policies.allowed_addresses = {{AddressRange::parse("198.51.100.0/24").value()}};
    }
    const auto t = see(s, TimePassed{});
    CHECK(t.set_claim);
    CHECK_FALSE(t.claim);
    CHECK(t.cuts_off_replaced);
    CHECK_FALSE(t.stream);

    // A source that it was to displace keeps the key until its own end.
    s.stream = live_with(kEarlier).stream;
    const auto back = see(s, TimePassed{});
    CHECK(back.cuts_off_replaced);
    REQUIRE(back.claim);
    CHECK(back.claim->connection == kEarlier);
    CHECK(back.claim->live);
}

TEST_CASE("a reservation that may still begin keeps the key, also when it could be displaced") {
    const Session s = reserved_by(kLater);
    CHECK_FALSE(see(s, TimePassed{}).changes_anything());
    CHECK_FALSE(see(s, TimePassed{}, kMoment + seconds(3600)).changes_anything());
}

TEST_CASE(
    "a void reservation that loses the key to a source or to the end of a stream is cut off") {
    Session s = being_taken_over();
    const auto later = kMoment + seconds(31);
    CHECK(see(s, TimePassed{}, later).cuts_off_replaced);
    CHECK(see(without_window(s), SourceUnavailable{kEarlier}, later).cuts_off_replaced);
    s = after(s, see(s, SourceUnavailable{kEarlier}));
    const auto end = see(s, TimePassed{}, kMoment + seconds(61));
    CHECK(end.stream->state == StreamState::kEnded);
    CHECK(end.cuts_off_replaced);
}

TEST_CASE("a connection that is gone or has become live is not cut off") {
    CHECK_FALSE(see(reserved_by(kLater), ReservationLost{kLater}).cuts_off_replaced);
    CHECK_FALSE(see(reserved_by(kLater), available(kLater)).cuts_off_replaced);
    CHECK_FALSE(see(live_with(kEarlier), SourceUnavailable{kEarlier}).cuts_off_replaced);
    CHECK_FALSE(
        see(without_window(live_with(kEarlier)), SourceUnavailable{kEarlier}).cuts_off_replaced);
}

TEST_CASE("while a stream is being cut off, only the cut-off ends it") {
    Session s = live_with(kEarlier);
    s.claim.reset();
    CHECK_FALSE(see(s, SourceUnavailable{kEarlier}).changes_anything());
}

TEST_CASE("another connection ends a stream that is being cut off, and then begins a new one") {
    const EndCause stopped{EndReason::kStopped, ObservedBy::kAdmin};
    Session s = live_with(kEarlier);
    SUBCASE("live") {}
    SUBCASE("reconnecting") {
        s = after(s, see(s, SourceUnavailable{kEarlier}));
        REQUIRE(s.stream->state == StreamState::kReconnecting);
    }
    s.pending_end = stopped;
    What seen = available(kLater);
    s.claim = reserved_by(kLater).claim;
    SUBCASE("accepted") {}
    SUBCASE("adopted") {
        s.claim.reset();
        s.stream->state = StreamState::kReconnecting;
        seen = SourceAdopted{available(kLater), "default"};
    }
    const auto first = see(s, seen, kMoment + seconds(5));
    CHECK(first.is_to_be_repeated);
    CHECK_FALSE(first.set_claim);
    REQUIRE(first.stream);
    CHECK(first.event == EventType::kStreamEnded);
    CHECK(first.stream->state == StreamState::kEnded);
    CHECK(first.stream->end_reason == stopped.reason);
    CHECK(first.stream->observed_by == stopped.decided_by);
    CHECK(first.stream->source_id == kEarlier);
    CHECK(first.lines.at(0).source == stopped.decided_by);

    Session then = after(s, first);
    then.pending_end.reset();
    const auto second = see(then, seen, kMoment + seconds(5));
    CHECK_FALSE(second.is_to_be_repeated);
    REQUIRE(second.stream);
    CHECK(second.event == EventType::kStreamStarted);
    CHECK(second.stream->generation == 1);
    CHECK(second.stream->source_id == kLater);
}

TEST_CASE("a stream that is being cut off ends for the cause of its cut-off only") {
    const EndCause stopped{EndReason::kStopped, ObservedBy::kAdmin};
    Session s = live_with(kEarlier);
    s.claim.reset();
    s.pending_end = stopped;
    const auto lost = see(s, NodeLost{kMoment}, kMoment + seconds(60), ObservedBy::kReconciler);
    REQUIRE(lost.stream);
    CHECK(lost.stream->end_reason == EndReason::kStopped);
    CHECK(lost.stream->observed_by == ObservedBy::kAdmin);
    CHECK_FALSE(lost.is_to_be_repeated);

    // The connection that is being removed, if it is accepted once more.
    s.claim = reserved_by(kEarlier).claim;
    CHECK_FALSE(see(s, available(kEarlier)).changes_anything());

    // A newcomer that never appears does not leave the key to the stopped source.
    s.claim = reserved_by(kLater).claim;
    const auto released = see(s, ReservationLost{kLater});
    CHECK(released.set_claim);
    CHECK_FALSE(released.claim);
}

TEST_CASE("while a key is blocked, no connection that was accepted before begins") {
    Session s = reserved_by(kEarlier);
    s.key.blocked_until = kMoment + seconds(10);
    CHECK_FALSE(see(s, available(kEarlier)).changes_anything());
    CHECK(see(s, available(kEarlier), kMoment + seconds(10)).stream);
    s.claim.reset();
    CHECK_FALSE(see(s, SourceAdopted{available(kEarlier), "default"}).changes_anything());
}

TEST_CASE("an ended stream has the public path even if the key value was exposed") {
    Session s = reserved_by(kEarlier);
    s.claim->path_is_secret = true;
    SourceAvailable secret_path = available(kEarlier);
    secret_path.path = "sk_secret";
    secret_path.path_is_secret = true;
    CHECK(see(s, secret_path).stream->path == "live/a");
    SessionSettings exposing;
    exposing.show_secret_paths = true;
    const auto ready = apply(s, {secret_path, ObservedBy::kHook, kMoment}, kRunning, exposing);
    REQUIRE(ready.stream);
    CHECK(ready.stream->path == "sk_secret");
    const auto gone = see(without_window(after(s, ready)), SourceUnavailable{kEarlier});
    REQUIRE(gone.stream);
    CHECK(gone.stream->path == "live/a");
}

}  // namespace session_test
