// Properties that hold after any observations in any order.
#include <doctest/doctest.h>

#include <random>
#include <set>

#include "rules/session.hpp"

namespace session_property_test {

using namespace rescuestream;
using namespace rescuestream::rules;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

/// A key with random events, including those of a storage: claims, refusals with
/// their cut-offs, restarts that lose nothing.
class Life {
public:
    explicit Life(unsigned seed) : random_(seed) {
        session_.key.playback_path = "live/a";
        if (pick(3) == 0) session_.key.policies.reconnect_window = seconds(pick(3) * 10);
    }

    void step() {
        now_ += milliseconds(pick(4'000));
        if (pick(50) == 0) now_ += seconds(pick(2) == 0 ? 3'600 : -3'600);  // the clock is set
        const ConnectionId connection{std::to_string(pick(4))};
        const SourceAvailable source{connection, "rtmpConn", "live/a", false};
        switch (pick(12)) {
            case 0:
            case 1:
                accept(connection);
                break;
            case 2:
            case 3:
                see(source);
                break;
            case 4:
                see(SourceUnavailable{connection});
                break;
            case 5:
                see(SourceStalled{connection, now_ - seconds(5)});
                break;
            case 6:
                see(SourceDelivers{source});
                break;
            case 7:
                see(ReservationLost{connection});
                break;
            case 8:
                see(TimePassed{});
                break;
            case 9:
                refuse();
                break;
            case 10:
                finish_cutoffs();
                break;
            default:
                if (pick(8) == 0) {
                    see(NodeLost{now_ - seconds(60)});
                } else if (pick(4) == 0) {
                    see(NodeUnseen{session_.claim ? session_.claim->node : "", now_ - seconds(5)});
                } else {
                    see(SourceAdopted{source, "default"});
                }
                break;
        }
    }

private:
    int pick(int below) { return std::uniform_int_distribution<int>(0, below - 1)(random_); }

    bool usable() const { return session_.key.is_usable_at(now_); }

    void accept(const ConnectionId& connection) {
        if (!usable()) return;
        if (session_.claim && session_.claim->connection == connection) return;
        Claim claim;
        claim.connection = connection;
        claim.protocol = Protocol::kRtmp;
        claim.claimed_at = now_;
        session_.claim = claim;
    }

    // Revoked, disabled, stopped: the claim ends, and the source is to be cut off.
    void refuse() {
        session_.claim.reset();
        if (session_.stream) {
            cutoffs_.insert(session_.stream->source_id->value);
            session_.pending_end = EndCause{EndReason::kStopped, ObservedBy::kAdmin};
        }
        session_.key.disabled = pick(2) == 0;
    }

    void finish_cutoffs() {
        if (session_.stream && cutoffs_.contains(session_.stream->source_id->value) &&
            !session_.claim) {
            ended_.insert(session_.stream->id);
            session_.stream.reset();
        }
        session_.pending_end.reset();
        cutoffs_.clear();
        session_.key.disabled = false;
    }

    void see(What what) {
        const StreamId new_id(*Uuid::parse("00000000-0000-7000-8000-" + twelve_digits(++ids_)));
        const Observation observation{std::move(what), ObservedBy::kReconciler, now_};
        const auto transition = apply(session_, observation, new_id, SessionSettings{});
        const Session before = session_;
        if (transition.set_claim) session_.claim = transition.claim;
        if (transition.stream) check(before, observation, transition, new_id);
        if (before.pending_end && transition.stream) {
            // A stream that is being cut off never becomes live again.
            CHECK(transition.stream->state != StreamState::kLive);
        }
        CHECK(situation_of(session_).has_value());
        if (!session_.stream) session_.pending_end.reset();
        if (transition.is_to_be_repeated) {
            CHECK_FALSE(session_.stream);
            see(observation.what);
        }
    }

    void check(const Session& before, const Observation& observation, const Transition& transition,
               StreamId new_id) {
        const Stream& stream = *transition.stream;
        CHECK_FALSE(ended_.contains(stream.id));  // an ended stream never changes
        if (before.stream) {
            CHECK(stream.id == before.stream->id);  // no second stream exists
            CHECK(stream.generation >= before.stream->generation);
            CHECK(stream.interrupted_for >= before.stream->interrupted_for);
        } else {
            CHECK(stream.id == new_id);
            CHECK(stream.state == StreamState::kLive);
        }
        if (stream.state == StreamState::kLive) {
            CHECK(usable());
            REQUIRE(session_.claim);
            CHECK(session_.claim->connection == stream.source_id);
            CHECK(session_.claim->live);
            CHECK_FALSE(session_.claim->stalled_since);
        } else {
            CHECK(before.stream);
        }
        if (const auto* gone = std::get_if<SourceUnavailable>(&observation.what)) {
            // The end of one connection never ends another's stream.
            CHECK(before.stream->source_id == gone->connection);
        }
        CHECK((stream.state == StreamState::kReconnecting) == stream.interrupted_at.has_value());
        CHECK((stream.state == StreamState::kEnded) == stream.end_reason.has_value());
        CHECK(transition.event.has_value());
        REQUIRE_FALSE(transition.lines.empty());
        for (const auto& line : transition.lines) CHECK(line.generation == stream.generation);

        session_.stream = stream;
        if (stream.state == StreamState::kEnded) {
            ended_.insert(stream.id);
            session_.stream.reset();
        }
    }

    static std::string twelve_digits(int number) {
        const std::string digits = std::to_string(number);
        return std::string(12 - digits.size(), '0') + digits;
    }

    std::mt19937 random_;
    Session session_;
    Timestamp now_{seconds(1'000'000)};
    std::set<std::string> cutoffs_;
    std::set<StreamId> ended_;
    int ids_ = 0;
};

}  // namespace

TEST_CASE("after any events in any order a stream ends once, and only its own source ends it") {
    for (unsigned seed = 1; seed <= 300; ++seed) {
        CAPTURE(seed);
        Life life(seed);
        for (int i = 0; i < 300; ++i) life.step();
    }
}

}  // namespace session_property_test
