// The ten situations of a session, and the result of each observation in each of them.
#include <doctest/doctest.h>

#include <array>
#include <map>
#include <set>

#include "rules/session.hpp"

namespace situation_test {

using namespace rescuestream;
using namespace rescuestream::rules;
using std::chrono::seconds;

namespace {

const Timestamp kNow{seconds(1'000'000)};
const ConnectionId kHolder{"holder"};
const ConnectionId kSource{"source"};
const StreamId kNewStream(*Uuid::parse("00000000-0000-7000-8000-000000000009"));

constexpr std::array<Situation, 10> kSituations{Situation::kIdle,
                                                Situation::kAccepted,
                                                Situation::kOnAir,
                                                Situation::kSilent,
                                                Situation::kSilentAfterWindow,
                                                Situation::kNodeUnseen,
                                                Situation::kReconnecting,
                                                Situation::kReconnectingAndAccepted,
                                                Situation::kBeingTakenOver,
                                                Situation::kBeingCutOff};

Claim reserved(const ConnectionId& connection) {
    Claim claim;
    claim.connection = connection;
    claim.node = "default";
    claim.protocol = Protocol::kRtmp;
    claim.claimed_at = kNow;
    return claim;
}

Claim live(const ConnectionId& connection) {
    Claim claim = reserved(connection);
    claim.live = true;
    return claim;
}

Claim stalled(const ConnectionId& connection) {
    Claim claim = live(connection);
    claim.stalled_since = kNow - seconds(5);
    return claim;
}

Stream stream(StreamState state) {
    Stream stream;
    stream.id = StreamId(*Uuid::parse("00000000-0000-7000-8000-000000000001"));
    stream.node = "default";
    stream.started_at = kNow - seconds(60);
    stream.source_id = kSource;
    stream.state = state;
    if (state == StreamState::kReconnecting) stream.interrupted_at = kNow - seconds(5);
    return stream;
}

Session session_in(Situation situation) {
    Session session;
    session.key.playback_path = "live/a";
    const auto on_air = stream(StreamState::kLive);
    const auto waiting = stream(StreamState::kReconnecting);
    switch (situation) {
        case Situation::kIdle:
            break;
        case Situation::kAccepted:
            session.claim = reserved(kHolder);
            break;
        case Situation::kOnAir:
            session.claim = live(kSource);
            session.stream = on_air;
            break;
        case Situation::kSilent:
            session.claim = stalled(kSource);
            session.stream = waiting;
            break;
        case Situation::kSilentAfterWindow:
            session.claim = stalled(kSource);
            break;
        case Situation::kNodeUnseen:
            session.claim = stalled(kSource);
            session.stream = on_air;
            break;
        case Situation::kReconnecting:
            session.stream = waiting;
            break;
        case Situation::kReconnectingAndAccepted:
            session.claim = reserved(kHolder);
            session.stream = waiting;
            break;
        case Situation::kBeingTakenOver:
            session.claim = reserved(kHolder);
            session.stream = on_air;
            break;
        case Situation::kBeingCutOff:
            session.stream = on_air;
            break;
    }
    return session;
}

SourceAvailable available(const ConnectionId& connection) {
    return {connection, "rtmpConn", "live/a", false};
}

struct Sight {
    std::string name;
    What what;
    seconds later{0};
};

// `holder`: the accepted connection; `source`: the one that delivers, or did last.
std::vector<Sight> sights() {
    return {
        {"holder available", available(kHolder)},
        {"source available", available(kSource)},
        {"holder unavailable", SourceUnavailable{kHolder}},
        {"source unavailable", SourceUnavailable{kSource}},
        {"source stalled", SourceStalled{kSource, kNow - seconds(5)}},
        {"source delivers", SourceDelivers{available(kSource)}},
        {"holder adopted", SourceAdopted{available(kHolder), "default"}},
        {"reservation of holder lost", ReservationLost{kHolder}},
        {"node lost", NodeLost{kNow - seconds(60)}},
        {"node unseen", NodeUnseen{"default", kNow - seconds(5)}},
        {"a moment has passed", TimePassed{}},
        {"reservation and window are over", TimePassed{}, seconds(61)},
    };
}

Session after(Session session, const Transition& transition) {
    if (transition.set_claim) session.claim = transition.claim;
    if (transition.stream) {
        session.stream = transition.stream;
        if (session.stream->state == StreamState::kEnded) session.stream.reset();
    }
    return session;
}

Transition see(const Session& session, const Sight& sight) {
    return apply(session, {sight.what, ObservedBy::kReconciler, kNow + sight.later}, kNewStream,
                 SessionSettings{});
}

using S = Situation;
using Row = std::array<Situation, 10>;

// The next situation after each observation, for the situations in their order.
const std::map<std::string, Row> kLeadsTo{
    {"holder available",
     {S::kIdle, S::kOnAir, S::kOnAir, S::kSilent, S::kSilentAfterWindow, S::kNodeUnseen,
      S::kReconnecting, S::kOnAir, S::kOnAir, S::kBeingCutOff}},
    {"source available",
     {S::kIdle, S::kAccepted, S::kOnAir, S::kSilent, S::kSilentAfterWindow, S::kNodeUnseen,
      S::kReconnecting, S::kReconnectingAndAccepted, S::kBeingTakenOver, S::kBeingCutOff}},
    {"holder unavailable",
     {S::kIdle, S::kIdle, S::kOnAir, S::kSilent, S::kSilentAfterWindow, S::kNodeUnseen,
      S::kReconnecting, S::kReconnecting, S::kBeingCutOff, S::kBeingCutOff}},
    {"source unavailable",
     {S::kIdle, S::kAccepted, S::kReconnecting, S::kReconnecting, S::kIdle, S::kReconnecting,
      S::kReconnecting, S::kReconnectingAndAccepted, S::kReconnectingAndAccepted, S::kBeingCutOff}},
    {"source stalled",
     {S::kIdle, S::kAccepted, S::kSilent, S::kSilent, S::kSilentAfterWindow, S::kSilent,
      S::kReconnecting, S::kReconnectingAndAccepted, S::kBeingTakenOver, S::kBeingCutOff}},
    {"source delivers",
     {S::kIdle, S::kAccepted, S::kOnAir, S::kOnAir, S::kOnAir, S::kOnAir, S::kReconnecting,
      S::kReconnectingAndAccepted, S::kBeingTakenOver, S::kBeingCutOff}},
    {"holder adopted",
     {S::kOnAir, S::kAccepted, S::kOnAir, S::kSilent, S::kSilentAfterWindow, S::kNodeUnseen,
      S::kOnAir, S::kReconnectingAndAccepted, S::kBeingTakenOver, S::kBeingCutOff}},
    {"reservation of holder lost",
     {S::kIdle, S::kIdle, S::kOnAir, S::kSilent, S::kSilentAfterWindow, S::kNodeUnseen,
      S::kReconnecting, S::kReconnecting, S::kOnAir, S::kBeingCutOff}},
    {"node lost",
     {S::kIdle, S::kAccepted, S::kSilentAfterWindow, S::kSilentAfterWindow, S::kSilentAfterWindow,
      S::kSilentAfterWindow, S::kIdle, S::kAccepted, S::kAccepted, S::kIdle}},
    {"node unseen",
     {S::kIdle, S::kAccepted, S::kNodeUnseen, S::kSilent, S::kSilentAfterWindow, S::kNodeUnseen,
      S::kReconnecting, S::kReconnectingAndAccepted, S::kBeingTakenOver, S::kBeingCutOff}},
    {"a moment has passed",
     {S::kIdle, S::kAccepted, S::kOnAir, S::kSilent, S::kSilentAfterWindow, S::kNodeUnseen,
      S::kReconnecting, S::kReconnectingAndAccepted, S::kBeingTakenOver, S::kBeingCutOff}},
    {"reservation and window are over",
     {S::kIdle, S::kAccepted, S::kOnAir, S::kSilentAfterWindow, S::kSilentAfterWindow,
      S::kNodeUnseen, S::kIdle, S::kIdle, S::kOnAir, S::kBeingCutOff}},
};

}  // namespace

TEST_CASE("each pair of a claim and a stream is one of ten situations, or a defect") {
    std::set<Situation> met;
    int defects = 0;
    for (const auto& claim : {std::optional<Claim>(), std::optional(reserved(kHolder)),
                              std::optional(live(kSource)), std::optional(stalled(kSource))}) {
        for (const auto& delivered :
             {std::optional<Stream>(), std::optional(stream(StreamState::kLive)),
              std::optional(stream(StreamState::kReconnecting))}) {
            Session session;
            session.claim = claim;
            session.stream = delivered;
            const auto situation = situation_of(session);
            if (situation) {
                CHECK(met.insert(*situation).second);
            } else {
                ++defects;
                // A connection that is live and delivers has a live stream.
                CHECK((claim && claim->live && !claim->stalled_since));
            }
        }
    }
    CHECK(met.size() == kSituations.size());
    CHECK(defects == 2);
}

TEST_CASE("each situation has a name of its own") {
    std::set<std::string_view> names;
    for (const auto situation : kSituations) {
        CHECK(situation_of(session_in(situation)) == situation);
        CHECK(names.insert(to_string(situation)).second);
    }
}

TEST_CASE("each observation in each situation leads to the situation in the table") {
    for (const auto& sight : sights()) {
        CAPTURE(sight.name);
        const Row& expected = kLeadsTo.at(sight.name);
        for (std::size_t i = 0; i < kSituations.size(); ++i) {
            CAPTURE(to_string(kSituations[i]));
            const Session before = session_in(kSituations[i]);
            const Session then = after(before, see(before, sight));
            const auto situation = situation_of(then);
            CHECK(situation == expected[i]);
        }
    }
}

TEST_CASE("an observation that keeps the situation writes nothing when it is repeated") {
    for (const auto& sight : sights()) {
        CAPTURE(sight.name);
        for (const auto situation : kSituations) {
            CAPTURE(to_string(situation));
            const Session before = session_in(situation);
            const Session then = after(before, see(before, sight));
            CHECK_FALSE(see(then, sight).changes_anything());
        }
    }
}

}  // namespace situation_test
