// Tests the cut-offs of a refusal, and how a stream ends, for every combination of inputs.
#include "rules/cutoff.hpp"

#include <doctest/doctest.h>

#include <array>

namespace cutoff_test {

using namespace rescuestream;
using namespace rescuestream::rules;
using std::chrono::seconds;

namespace {

const Timestamp kNow{seconds(1'000'000)};
const std::array<std::optional<ConnectionId>, 3> kConnections{std::nullopt, ConnectionId{"a"},
                                                              ConnectionId{"b"}};
const std::array<EndReason, 12> kReasons{EndReason::kClientDisconnected,
                                         EndReason::kReconnectTimeout,
                                         EndReason::kStopped,
                                         EndReason::kKeyRevoked,
                                         EndReason::kKeyRotated,
                                         EndReason::kKeyExpired,
                                         EndReason::kDisabled,
                                         EndReason::kTakenOver,
                                         EndReason::kMaxDuration,
                                         EndReason::kNeverStarted,
                                         EndReason::kLost,
                                         EndReason::kNodeLost};
const std::array<ObservedBy, 4> kObservers{ObservedBy::kHook, ObservedBy::kReconciler,
                                           ObservedBy::kAdmin, ObservedBy::kAuth};
constexpr EndCause kCause{EndReason::kDisabled, ObservedBy::kAdmin};

template <class IdType>
IdType id(char last) {
    return IdType(*Uuid::parse(std::string("00000000-0000-7000-8000-00000000000") + last));
}

KeyValues values() {
    KeyValues values;
    values.current.fill(1);
    values.previous.emplace().fill(2);
    return values;
}

Session idle() {
    Session session;
    session.key.id = id<StreamKeyId>('1');
    session.key.playback_path = "live/a";
    return session;
}

Claim claim_of(const ConnectionId& connection) {
    Claim claim;
    claim.connection = connection;
    claim.node = "of claim";
    claim.protocol = Protocol::kSrt;
    return claim;
}

Stream stream_of(const std::optional<ConnectionId>& source) {
    Stream stream;
    stream.id = id<StreamId>('2');
    stream.node = "of stream";
    stream.path = "sk_exposed";
    stream.generation = 3;
    stream.source_id = source;
    return stream;
}

/// Calls `check` for each pair of a claim and a stream.
template <class Check>
void for_each_session(Check check) {
    for (const auto& owner : kConnections) {
        for (const bool has_stream : {false, true}) {
            for (const auto& source : kConnections) {
                Session session = idle();
                if (owner) session.claim = claim_of(*owner);
                if (has_stream) session.stream = stream_of(source);
                if (!has_stream && source) continue;
                check(session);
            }
        }
    }
}

}  // namespace

TEST_CASE("a change of the claim cuts off a connection that does not publish yet, and no other") {
    for (const bool live : {false, true}) {
        for (const bool by_previous : {false, true}) {
            Session session = idle();
            session.stream = stream_of(ConnectionId{"a"});
            CHECK_FALSE(cutoff_of_replaced(session, values(), claim_of({"b"})));
            session.claim = claim_of({"a"});
            session.claim->live = live;
            session.claim->by_previous_value = by_previous;
            session.claim->claimed_at = kNow;
            auto again = session.claim;
            again->live = true;
            CHECK_FALSE(cutoff_of_replaced(session, values(), again));
            Claim newcomer = claim_of({"b"});
            newcomer.claimed_at = kNow + seconds(1);
            Claim source = newcomer;
            source.live = true;
            for (const auto& next :
                 {std::optional<Claim>(), std::optional(newcomer), std::optional(source)}) {
                const auto cutoff = cutoff_of_replaced(session, values(), next);
                CHECK(cutoff.has_value() == !live);
                if (!cutoff) continue;
                const bool displaced = next == newcomer;
                CHECK(cutoff->connection == ConnectionId{"a"});
                CHECK(cutoff->node == "of claim");
                CHECK(cutoff->protocol == Protocol::kSrt);
                CHECK(cutoff->digest == (by_previous ? *values().previous : values().current));
                CHECK_FALSE(cutoff->stream_id);
                CHECK(cutoff->requested_at == (displaced ? kNow + seconds(1) : kNow));
                CHECK(cutoff->cause ==
                      (displaced ? EndCause{EndReason::kTakenOver, ObservedBy::kAuth}
                                 : EndCause{EndReason::kNeverStarted, ObservedBy::kReconciler}));
            }
        }
    }
}

TEST_CASE("the holder of a key and the source of its stream are cut off, each once") {
    int cells = 0;
    for_each_session([&](const Session& session) {
        ++cells;
        const auto cutoffs = cutoffs_of(session, values(), kCause, kNow);
        const auto owner = session.claim ? std::optional(session.claim->connection) : std::nullopt;
        const auto source = session.stream ? session.stream->source_id : std::nullopt;
        std::size_t expected = owner ? 1 : 0;
        if (source && source != owner) ++expected;
        REQUIRE(cutoffs.size() == expected);
        for (const auto& cutoff : cutoffs) {
            CHECK((cutoff.connection == owner || cutoff.connection == source));
            CHECK(cutoff.stream_key_id == session.key.id);
            CHECK(cutoff.playback_path == "live/a");
            CHECK(cutoff.digest == values().current);
            CHECK(cutoff.cause == kCause);
            CHECK(cutoff.requested_at == kNow);
            CHECK(cutoff.stream_id.has_value() == (cutoff.connection == source));
            CHECK(cutoff.node == (cutoff.connection == owner ? "of claim" : "of stream"));
            CHECK(cutoff.protocol ==
                  (cutoff.connection == owner ? Protocol::kSrt : Protocol::kUnknown));
        }
    });
    CHECK(cells == 12);
}

TEST_CASE("a cut-off has the digest of the value that its connection was accepted with") {
    Session session = idle();
    session.claim = claim_of({"a"});
    session.claim->by_previous_value = true;
    KeyValues known = values();
    CHECK(cutoffs_of(session, known, kCause, kNow).at(0).digest == known.previous);
    known.previous.reset();
    CHECK(cutoffs_of(session, known, kCause, kNow).at(0).digest == known.current);
}

TEST_CASE("a stop cuts off the source of the stream, and a new connection keeps the key") {
    for_each_session([](const Session& session) {
        if (!session.stream) return;
        const auto stop = stop_stream(session, values(), kCause, kNow);
        const auto& source = session.stream->source_id;
        REQUIRE(stop.cutoff.has_value() == source.has_value());
        CHECK(stop.ends_claim == (source && session.claim && session.claim->connection == *source));
        if (source) {
            CHECK(stop.cutoff->connection == *source);
            CHECK(stop.cutoff->stream_id == session.stream->id);
        }
    });
}

TEST_CASE("a finished cut-off ends only the stream that its own connection delivers") {
    for_each_session([](const Session& session) {
        for (const auto& connection : {ConnectionId{"a"}, ConnectionId{"b"}}) {
            for (const auto& stream_id :
                 {std::optional<StreamId>(), std::optional(id<StreamId>('2')),
                  std::optional(id<StreamId>('3'))}) {
                Cutoff cutoff;
                cutoff.connection = connection;
                cutoff.stream_id = stream_id;
                cutoff.cause = kCause;
                const auto end = finish_cutoff(session, cutoff, kNow, StreamTotals{1, 2, 3});
                const bool expected = session.stream && session.stream->source_id == connection &&
                                      stream_id == session.stream->id;
                REQUIRE(end.has_value() == expected);
                if (!end) continue;
                CHECK(end->stream.state == StreamState::kEnded);
                CHECK(end->stream.ended_at == kNow);
                CHECK(end->stream.totals == StreamTotals{1, 2, 3});
                CHECK(end->line.at == kNow);
            }
        }
    });
}

TEST_CASE("a stream and its timeline have the same end, for each reason and decider") {
    for (const auto reason : kReasons) {
        for (const auto decided_by : kObservers) {
            Stream stream = stream_of(ConnectionId{"a"});
            stream.state = StreamState::kReconnecting;
            stream.interrupted_at = kNow - seconds(60);
            const auto line =
                end_stream(stream, "live/a", {reason, decided_by}, kNow - seconds(60), kNow);
            CHECK(stream.state == StreamState::kEnded);
            CHECK(stream.ended_at == kNow - seconds(60));
            CHECK(stream.end_reason == reason);
            CHECK(stream.observed_by == decided_by);
            CHECK_FALSE(stream.interrupted_at);
            CHECK(stream.path == "live/a");
            CHECK(line.kind == TransitionKind::kEnded);
            CHECK(line.at == kNow);
            CHECK(line.source == decided_by);
            CHECK(line.reason == to_string(reason));
            CHECK(line.generation == 3);
            CHECK(line.connection == ConnectionId{"a"});
        }
    }
}

}  // namespace cutoff_test
