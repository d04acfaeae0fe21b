#include "rules/path.hpp"

#include <doctest/doctest.h>

using namespace rescuestream;

namespace {

Timestamp at(int second) {
    return Timestamp(std::chrono::seconds(1'700'000'000 + second));
}

Uuid uuid(std::uint8_t last) {
    Uuid::Bytes bytes{};
    bytes[15] = last;
    return Uuid(bytes);
}

Session member(std::uint8_t id, std::optional<std::uint32_t> priority) {
    Session session;
    session.key.id = StreamKeyId(uuid(id));
    session.key.broadcaster_id = BroadcasterId(uuid(200));
    session.key.playback_path = "live/a";
    session.key.policies.priority = priority;
    return session;
}

Claim claim_of(const std::string& connection, bool live) {
    Claim claim;
    claim.connection = {connection};
    claim.protocol = Protocol::kRtmp;
    claim.claimed_at = at(0);
    claim.live = live;
    return claim;
}

Session live(Session session, const std::string& connection, int claimed_at = 0) {
    session.claim = claim_of(connection, true);
    session.claim->claimed_at = at(claimed_at);
    session.stream.emplace();
    session.stream->source_id = ConnectionId{connection};
    return session;
}

Session waiting(Session session, const std::string& connection) {
    session.claim = claim_of(connection, false);
    return session;
}

ClaimRequest request_at(int second, OnDuplicate policy = OnDuplicate::kReject) {
    ClaimRequest request;
    request.claim.connection = {"new"};
    request.claim.claimed_at = at(second);
    request.default_on_duplicate = policy;
    return request;
}

rules::SourceAvailable source(const std::string& connection, Protocol protocol = Protocol::kRtmp) {
    rules::SourceAvailable available;
    available.connection = {connection};
    available.path = "live/a";
    available.protocol = protocol;
    return available;
}

}  // namespace

TEST_CASE("only keys of one broadcaster that all have a priority may share a path") {
    const StreamKey with = member(1, 80).key;
    const StreamKey without = member(2, std::nullopt).key;
    StreamKey stranger = member(3, 80).key;
    stranger.broadcaster_id = BroadcasterId(uuid(201));
    CHECK(rules::may_share(with, member(4, 80).key) == rules::Sharing::kPermitted);
    CHECK(rules::may_share(with, without) == rules::Sharing::kNewcomerHasNone);
    CHECK(rules::may_share(without, with) == rules::Sharing::kMemberHasNone);
    CHECK(rules::may_share(without, without) == rules::Sharing::kMemberHasNone);
    CHECK(rules::may_share(with, stranger) == rules::Sharing::kOtherBroadcaster);
    CHECK(rules::may_share(without, stranger) == rules::Sharing::kOtherBroadcaster);
}

TEST_CASE("only a claim of a key with a higher or the same priority refuses a newcomer") {
    const StreamKey backup = member(1, 20).key;
    const StreamKey primary = member(2, 80).key;
    const auto refuses = [&](const Session& other, const StreamKey& wanted, int second) {
        return rules::refuses_claim(other, wanted, request_at(second));
    };
    CHECK_FALSE(refuses(member(2, 80), backup, 1));
    CHECK(refuses(live(member(2, 80), "p"), backup, 100));
    CHECK(refuses(waiting(member(2, 80), "p"), backup, 30));
    CHECK_FALSE(refuses(waiting(member(2, 80), "p"), backup, 31));  // void
    CHECK_FALSE(refuses(live(member(1, 20), "b"), primary, 1));
    CHECK_FALSE(refuses(live(member(1, 20), "b"), backup, 1));  // itself
    Session stalled = live(member(2, 80), "p");
    stalled.claim->stalled_since = at(10);
    CHECK(refuses(stalled, backup, 14));
    CHECK_FALSE(refuses(stalled, backup, 15));
}

TEST_CASE("a source that does not deliver, or whose key may not publish, displaces nothing") {
    const Session backup = live(member(1, 20), "b");
    const Session primary = live(member(2, 80), "p");
    CHECK(rules::is_displaced(backup, primary, at(1)));
    CHECK_FALSE(rules::is_displaced(primary, backup, at(1)));
    CHECK_FALSE(rules::is_displaced(primary, primary, at(1)));
    CHECK_FALSE(rules::is_displaced(member(1, 20), primary, at(1)));  // it has nothing
    CHECK(rules::is_displaced(waiting(member(1, 20), "b"), primary, at(1)));

    CHECK_FALSE(rules::is_displaced(backup, waiting(member(2, 80), "p"), at(1)));
    Session silent = primary;
    silent.claim->stalled_since = at(0);
    CHECK_FALSE(rules::is_displaced(backup, silent, at(1)));
    Session blocked = primary;
    blocked.key.blocked_until = at(60);
    CHECK_FALSE(rules::is_displaced(backup, blocked, at(1)));
    Session disabled = primary;
    disabled.key.disabled = true;
    CHECK_FALSE(rules::is_displaced(backup, disabled, at(1)));
    Session stopped = primary;
    stopped.pending_end = EndCause{EndReason::kStopped, ObservedBy::kAdmin};
    CHECK_FALSE(rules::is_displaced(backup, stopped, at(1)));

    Session reconnecting = backup;
    reconnecting.claim.reset();
    reconnecting.stream->state = StreamState::kReconnecting;
    CHECK(rules::is_displaced(reconnecting, primary, at(1)));
    reconnecting.pending_end = EndCause{EndReason::kStopped, ObservedBy::kAdmin};
    CHECK_FALSE(rules::is_displaced(reconnecting, primary, at(1)));
}

TEST_CASE("of two keys of the same priority the one that was accepted later displaces the other") {
    const Session first = live(member(1, 50), "a", 10);
    const Session second = live(member(2, 50), "b", 20);
    CHECK(rules::is_displaced(first, second, at(30)));
    CHECK_FALSE(rules::is_displaced(second, first, at(30)));
    // Never both, and never none.
    const Session same_time = live(member(2, 50), "b", 10);
    CHECK(rules::is_displaced(first, same_time, at(30)) !=
          rules::is_displaced(same_time, first, at(30)));
}

TEST_CASE(
    "a source belongs to the key that has its connection, else to the one that waits for it") {
    Session low = waiting(member(1, 20), "b");
    const Session high = live(member(2, 80), "p");
    const Session idle = member(3, 90);
    const std::vector<Session> sessions{idle, high, low};
    const auto owner = [&](const rules::SourceAvailable& available) {
        return rules::session_of_source(sessions, available, at(1))->key.id;
    };
    CHECK(owner(source("p")) == high.key.id);
    CHECK(owner(source("b")) == low.key.id);
    // An unknown one is judged as if it had displaced the live one.
    CHECK(owner(source("x")) == high.key.id);

    low.claim->protocol = Protocol::kRtsp;
    auto session_of_client = source("session", Protocol::kRtsp);
    session_of_client.id_may_differ = true;
    const std::vector<Session> with_rtsp{idle, high, low};
    CHECK(rules::session_of_source(with_rtsp, session_of_client, at(1))->key.id == low.key.id);
    CHECK(rules::session_of_source({idle, member(1, 20)}, source("x"), at(1))->key.id ==
          idle.key.id);
    CHECK(rules::session_of_source({}, source("x"), at(1)) == nullptr);
}
