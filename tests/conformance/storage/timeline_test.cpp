// Timelines, totals of a stream, and the sessions that a poll reads.
#include "conformance/storage/storage_case.hpp"

using namespace rescuestream;
using namespace rescuestream::testing;

namespace {

StreamTransition line(TransitionKind kind, Timestamp when) {
    StreamTransition transition;
    transition.at = when;
    transition.kind = kind;
    transition.source = ObservedBy::kReconciler;
    transition.generation = 2;
    transition.connection = ConnectionId{"a"};
    return transition;
}

}  // namespace

TEST_CASE_FIXTURE(StorageCase, "a timeline has the changes of its stream in their order") {
    const auto row = add_key();
    const auto stream = go_live(row, "a");
    CHECK(storage().list_transitions(stream.id, {}).value().empty());

    auto started = line(TransitionKind::kStarted, at(seconds(30)));
    auto interrupted = line(TransitionKind::kInterrupted, at(seconds(12)));
    interrupted.reason = "stalled";
    interrupted.connection.reset();
    auto resumed = line(TransitionKind::kResumed, at(seconds(13)));
    resumed.gap = milliseconds(1'234);
    resumed.source = ObservedBy::kAuth;

    SessionChange change;
    change.stream_key_id = row.key.id;
    change.stream = stream;
    change.transitions = {started, interrupted};
    commit(change);
    change.transitions = {resumed};
    commit(change);
    CHECK(storage().list_transitions(stream.id, {}).value() ==
          std::vector{started, interrupted, resumed});
    CHECK(code_of(storage().list_transitions(new_id<StreamId>(), {})) == ErrorCode::kNotFound);
}

TEST_CASE_FIXTURE(StorageCase, "a timeline is read in parts") {
    const auto row = add_key();
    const auto stream = go_live(row, "a");
    SessionChange change;
    change.stream_key_id = row.key.id;
    change.stream = stream;
    for (int i = 0; i < 5; ++i) {
        change.transitions.push_back(line(TransitionKind::kInterrupted, at(seconds(20 + i))));
    }
    commit(change);
    const auto& all = change.transitions;
    const auto part = [&](const TimelinePart& wanted) {
        return storage().list_transitions(stream.id, wanted).value();
    };
    CHECK(part({0, 2}) == std::vector(all.begin(), all.begin() + 2));
    CHECK(part({2, 2}) == std::vector(all.begin() + 2, all.begin() + 4));
    CHECK(part({4, 2}) == std::vector(all.begin() + 4, all.end()));
    CHECK(part({4, {}}) == std::vector(all.begin() + 4, all.end()));
    CHECK(part({5, 2}).empty());
    CHECK(part({1'000'000, {}}).empty());
    CHECK(code_of(storage().list_transitions(new_id<StreamId>(), {0, 1})) == ErrorCode::kNotFound);
}

TEST_CASE_FIXTURE(StorageCase, "a change on an old version writes no timeline entry") {
    const auto row = add_key();
    const auto stream = go_live(row, "a");
    SessionChange change;
    change.stream_key_id = row.key.id;
    change.expected_version = session(row).version - 1;
    change.stream = stream;
    change.transitions = {line(TransitionKind::kEnded, at(seconds(30)))};
    CHECK(code_of(storage().commit_session(change)) == ErrorCode::kConflict);
    CHECK(storage().list_transitions(stream.id, {}).value().empty());
}

TEST_CASE_FIXTURE(StorageCase, "gaps and totals of a stream are read as they were written") {
    const auto row = add_key();
    auto stream = go_live(row, "a");
    stream.interruptions = 3;
    stream.interrupted_for = milliseconds(45'678);
    stream.totals = StreamTotals{std::uint64_t{5} << 40U, 8'000'000, 12};
    commit_stream(row, stream);
    CHECK(storage().find_stream(stream.id).value() == stream);
}

TEST_CASE_FIXTURE(StorageCase, "a finished cut-off writes the end of the timeline and the totals") {
    const auto row = add_key();
    const auto stream = go_live(row, "a");
    const auto cutoffs =
        storage()
            .begin_stop(stream.id, {EndReason::kMaxDuration, ObservedBy::kReconciler}, std::nullopt,
                        at(seconds(20)), make_audit())
            .value();
    const StreamTotals totals{1'000, 2'000, 3};
    const auto ended = storage().finish_cutoff(cutoffs.at(0), at(seconds(21)), totals).value();
    REQUIRE(ended);
    CHECK(ended->totals == totals);
    CHECK(ended->observed_by == ObservedBy::kReconciler);
    CHECK(storage().find_stream(stream.id).value() == *ended);
    const auto timeline = storage().list_transitions(stream.id, {}).value();
    REQUIRE(timeline.size() == 1);
    CHECK(timeline[0].kind == TransitionKind::kEnded);
    CHECK(timeline[0].at == at(seconds(21)));
    CHECK(timeline[0].reason == "max_duration");
    CHECK(timeline[0].source == ObservedBy::kReconciler);
    CHECK(timeline[0].connection == ConnectionId{"a"});
}

TEST_CASE_FIXTURE(StorageCase,
                  "a finished cut-off ends its stream with the reason for which it was requested") {
    for (const auto decided_by : {ObservedBy::kAdmin, ObservedBy::kReconciler}) {
        for (const auto reason : {EndReason::kStopped, EndReason::kKeyRotated}) {
            CAPTURE(to_string(decided_by));
            CAPTURE(to_string(reason));
            const auto row = add_key();
            const auto stream = go_live(row, "of " + row.key.id.to_string());
            const EndCause cause{reason, decided_by};
            const auto cutoffs =
                storage()
                    .begin_stop(stream.id, cause, std::nullopt, at(seconds(20)), make_audit())
                    .value();
            REQUIRE(cutoffs.size() == 1);
            CHECK(cutoffs[0].cause == cause);
            CHECK(storage().pending_cutoffs("default").value() == cutoffs);
            // A later request does not change the reason.
            storage().revoke_stream_key(row.key.id, at(seconds(21)), make_audit()).value();
            const auto ended =
                storage().finish_cutoff(cutoffs[0], at(seconds(22)), std::nullopt).value();
            REQUIRE(ended);
            CHECK(ended->end_reason == reason);
            CHECK(ended->observed_by == decided_by);
            const auto timeline = storage().list_transitions(stream.id, {}).value();
            CHECK(timeline.back().source == decided_by);
            CHECK(timeline.back().reason == to_string(reason));
        }
    }
}

TEST_CASE_FIXTURE(StorageCase, "a poll reads the sessions of its node that have not ended") {
    const auto first = add_key();
    const auto second = add_key();
    const auto reserved = add_key();
    auto elsewhere = add_key();
    go_live(first, "a", at(seconds(10)));
    auto waiting = go_live(second, "b", at(seconds(11)));
    claim(reserved, "c");
    auto far = go_live(elsewhere, "d");
    far.node = "other";
    commit_stream(elsewhere, far);
    waiting.state = StreamState::kReconnecting;
    waiting.interrupted_at = at(seconds(12));
    commit_claim(second, std::nullopt);
    commit_stream(second, waiting);

    const auto sessions = storage().open_sessions("default").value();
    REQUIRE(sessions.size() == 2);
    CHECK(sessions[0] == session(second));
    CHECK(sessions[1] == session(first));
    CHECK(storage().open_sessions("other").value() == std::vector{session(elsewhere)});
    CHECK(storage().open_sessions("nowhere").value().empty());
}

TEST_CASE_FIXTURE(StorageCase, "streams can be listed by the time of their start") {
    const auto row = add_key();
    const auto other = add_key();
    const auto early = go_live(row, "a", at(seconds(10)));
    const auto late = go_live(other, "b", at(seconds(20)));
    StreamFilter filter;
    filter.from = late.started_at;
    CHECK(streams_of(storage().list_streams(filter, {})) == std::vector{late});
    filter.from.reset();
    filter.to = late.started_at;
    CHECK(streams_of(storage().list_streams(filter, {})) == std::vector{early});
}
