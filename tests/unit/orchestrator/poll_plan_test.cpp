// What follows from a poll: plans, without a storage and a media server.
#include "orchestrator/poll_plan.hpp"

#include <doctest/doctest.h>

namespace poll_plan_test {

using namespace rescuestream;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

const Timestamp kNow{seconds(1'000'000)};

/// A round that is filled step by step, and the plan that follows from it.
class PlanCase {
public:
    /// The media server shows a source at `name`, which has delivered `bytes` by now.
    void show(const std::string& name, const std::string& connection, std::uint64_t bytes = 1'000) {
        MediaPath path;
        path.name = name;
        path.ready = true;
        path.source = MediaSource{"rtmpConn", ConnectionId{connection}, ConnectionKind::kRtmp};
        path.inbound_bytes = bytes;
        round.paths[name] = path;
    }

    /// A key with a stream of `connection`, in the state that the storage believes.
    Session& add_session(const std::string& name, const std::string& connection) {
        Session session = owner(name);
        session.claim = Claim{};
        session.claim->connection = ConnectionId{connection};
        session.claim->live = true;
        session.stream = Stream{};
        session.stream->source_id = ConnectionId{connection};
        session.stream->started_at = kNow - seconds(60);
        session.stream->node = "default";
        round.sessions.push_back(session);
        return round.sessions.back();
    }

    static Session owner(const std::string& name) {
        Session session;
        session.key.playback_path = name;
        return session;
    }

    /// The next poll, `later` than the one before.
    Plan plan(milliseconds later = seconds(1)) {
        steady += later;
        std::vector<MediaPath> list;
        for (const auto& [name, path] : round.paths) list.push_back(path);
        figures.sample(list, steady);
        round.now = kNow;
        round.publishers.clear();
        for (const auto& [name, path] : round.paths) {
            if (is_publisher(path)) round.publishers.emplace(path.source->id, &path);
        }
        Plan made =
            plan_round(round, {node, settings, figures, suspects, let_in_by_memory, helpers});
        suspects = made.suspects;
        return made;
    }

    Round round;
    std::string node = "default";
    OrchestratorSettings settings;
    Figures figures;
    Figures::SteadyTime steady{seconds(1'000)};
    Suspects suspects;
    std::unordered_set<ConnectionId> let_in_by_memory;
    std::unordered_set<ConnectionId> helpers;
};

/// The only action of a plan, if it is of this kind.
template <class Kind>
const Kind* only(const Plan& plan) {
    return plan.actions.size() == 1 ? std::get_if<Kind>(&plan.actions.front()) : nullptr;
}

/// The only observation of a plan, if it is of this kind.
template <class What>
const What* observed(const Plan& plan) {
    const auto* observe = only<Observe>(plan);
    return observe != nullptr ? std::get_if<What>(&observe->what) : nullptr;
}

}  // namespace

TEST_CASE_FIXTURE(PlanCase, "an empty round asks for nothing") {
    const auto made = plan();
    CHECK(made.actions.empty());
    CHECK(made.suspects.empty());
}

TEST_CASE_FIXTURE(PlanCase, "a source is gone when two rounds in a row miss it") {
    add_session("live/a", "a");
    CHECK(plan().actions.empty());
    CHECK(observed<rules::SourceUnavailable>(plan()) != nullptr);
}

TEST_CASE_FIXTURE(PlanCase, "a source that was missed once and is back is not suspected any more") {
    add_session("live/a", "a");
    CHECK(plan().suspects.size() == 1);
    show("live/a", "a");
    CHECK(plan().suspects.empty());
    round.paths.clear();
    CHECK(plan().actions.empty());
}

TEST_CASE_FIXTURE(PlanCase, "after a restart of the media server one absence is proof") {
    add_session("live/a", "a");
    round.restarted = true;
    CHECK(observed<rules::SourceUnavailable>(plan()) != nullptr);
}

TEST_CASE_FIXTURE(PlanCase,
                  "a source that stops delivering is silent, and the next poll is in time") {
    add_session("live/a", "a");
    show("live/a", "a");
    CHECK(observed<rules::TimePassed>(plan()) != nullptr);
    const auto soon = plan(seconds(2));
    CHECK(observed<rules::TimePassed>(soon) != nullptr);
    CHECK(soon.soonest_stale == seconds(3));
    const auto late = plan(seconds(3));
    REQUIRE(observed<rules::SourceStalled>(late) != nullptr);
    CHECK(observed<rules::SourceStalled>(late)->since == kNow - seconds(5));
}

TEST_CASE_FIXTURE(PlanCase, "a silent source that delivers again is revived by its bytes") {
    auto& session = add_session("live/a", "a");
    session.claim->stalled_since = kNow - seconds(9);
    session.stream->state = StreamState::kReconnecting;
    show("live/a", "a", 1'000);
    CHECK(observed<rules::TimePassed>(plan()) != nullptr);
    show("live/a", "a", 2'000);
    CHECK(observed<rules::SourceDelivers>(plan()) != nullptr);
}

TEST_CASE_FIXTURE(PlanCase,
                  "a stream that outruns a limit of its key ends, whatever else is seen") {
    auto& session = add_session("live/a", "a");
    auto expected = EndReason::kKeyExpired;
    SUBCASE("its key has expired") {
        session.key.expires_at = kNow;
    }
    SUBCASE("it was accepted with a value that has expired") {
        session.claim->by_previous_value = true;
        session.key.previous_value_expires_at = kNow;
        expected = EndReason::kKeyRotated;
    }
    SUBCASE("it has lasted as long as its key allows") {
        session.key.policies.max_session_duration = seconds(60);
        expected = EndReason::kMaxDuration;
    }
    const auto made = plan();
    REQUIRE(only<EndStream>(made) != nullptr);
    CHECK(only<EndStream>(made)->reason == expected);
    session.claim.reset();  // it is being cut off already
    CHECK(only<EndStream>(plan()) == nullptr);
}

TEST_CASE_FIXTURE(PlanCase, "a source that nobody accounts for is removed when it is seen twice") {
    show("live/x", "x");
    round.owners["live/x"] = std::nullopt;
    CHECK(plan().actions.empty());
    const auto made = plan();
    REQUIRE(only<RemoveSource>(made) != nullptr);
    CHECK(only<RemoveSource>(made)->path->source->id == ConnectionId{"x"});
    CHECK(only<RemoveSource>(made)->reason == "it was not accepted here");
}

TEST_CASE_FIXTURE(PlanCase,
                  "a source on a path that the storage says nothing about is left alone") {
    show("live/x", "x");
    for (int i = 0; i < 3; ++i) CHECK(plan().actions.empty());
}

TEST_CASE_FIXTURE(PlanCase,
                  "a publisher that was accepted during an outage is not removed before the "
                  "storage has decided") {
    show("live/x", "x");
    round.owners["live/x"] = std::nullopt;
    let_in_by_memory.insert(ConnectionId{"x"});
    for (int i = 0; i < 3; ++i) CHECK(plan().actions.empty());
}

TEST_CASE_FIXTURE(PlanCase,
                  "a source on the path of a key that may not be used is removed at once") {
    show("live/x", "x");
    Session session = owner("live/x");
    session.key.disabled = true;
    round.owners["live/x"] = session;
    const auto made = plan();
    REQUIRE(only<RemoveSource>(made) != nullptr);
    CHECK(only<RemoveSource>(made)->reason == "its key may not publish");
}

TEST_CASE_FIXTURE(PlanCase, "the source that a claim waits for becomes live at once") {
    show("live/x", "x");
    Session session = owner("live/x");
    session.claim = Claim{};
    session.claim->connection = ConnectionId{"x"};
    round.owners["live/x"] = session;
    CHECK(observed<rules::SourceAvailable>(plan()) != nullptr);
}

TEST_CASE_FIXTURE(PlanCase, "an unknown source meets what the installation says of it") {
    show("live/x", "x");
    round.owners["live/x"] = owner("live/x");
    SUBCASE("kick") {
        settings.unknown_publisher = UnknownPublisher::kKick;
        plan();
        CHECK(only<RemoveSource>(plan()) != nullptr);
    }
    SUBCASE("ignore") {
        settings.unknown_publisher = UnknownPublisher::kIgnore;
        plan();
        CHECK(only<ListSource>(plan()) != nullptr);
    }
    SUBCASE("adopt, on a key that nobody has") {
        settings.unknown_publisher = UnknownPublisher::kAdopt;
        plan();
        CHECK(observed<rules::SourceAdopted>(plan()) != nullptr);
    }
    SUBCASE("whatever it says, on a key that somebody has") {
        Session held = owner("live/x");
        held.claim = Claim{};
        held.claim->connection = ConnectionId{"holder"};
        held.claim->live = true;
        round.owners["live/x"] = held;
        for (const auto policy :
             {UnknownPublisher::kKick, UnknownPublisher::kIgnore, UnknownPublisher::kAdopt}) {
            settings.unknown_publisher = policy;
            plan();
            const auto made = plan();
            REQUIRE(only<RemoveSource>(made) != nullptr);
            CHECK(only<RemoveSource>(made)->reason == "another publisher has its key");
        }
    }
}

TEST_CASE_FIXTURE(PlanCase, "streams of a media server that does not answer yield, then end") {
    settings.stale_after = seconds(5);
    settings.node_lost_after = seconds(60);
    const std::vector<Session> sessions{add_session("live/a", "a")};
    const auto what = [&](seconds unseen) -> std::string {
        const auto actions = plan_unseen(sessions, unseen, kNow, "default", settings);
        if (actions.empty()) return "nothing";
        const auto& observe = std::get<Observe>(actions.at(0));
        if (const auto* lost = std::get_if<rules::NodeLost>(&observe.what)) {
            CHECK(lost->since == kNow - unseen);
            return "lost";
        }
        return std::holds_alternative<rules::NodeUnseen>(observe.what) ? "unseen" : "other";
    };
    CHECK(what(seconds(4)) == "nothing");
    CHECK(what(seconds(5)) == "unseen");
    CHECK(what(seconds(59)) == "unseen");
    CHECK(what(seconds(60)) == "lost");
}

}  // namespace poll_plan_test
