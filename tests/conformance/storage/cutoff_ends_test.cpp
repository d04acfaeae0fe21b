// What the end of a cut-off, and the stop of a stream, leave behind.
#include "conformance/storage/storage_case.hpp"

using namespace rescuestream;
using namespace rescuestream::testing;

TEST_CASE_FIXTURE(StorageCase, "finishing a cut-off ends its stream under its public path") {
    const auto row = add_key();
    auto stream = go_live(row, "a");
    stream.path = "sk_" + std::string(43, 'B');
    commit_stream(row, stream);
    const auto cutoffs =
        storage().revoke_stream_key(row.key.id, at(seconds(20)), make_audit()).value().cutoffs;
    REQUIRE(cutoffs.size() == 1);
    const auto before = session(row);

    Stream expected = stream;
    expected.state = StreamState::kEnded;
    expected.ended_at = at(seconds(21));
    expected.end_reason = EndReason::kKeyRevoked;
    expected.observed_by = ObservedBy::kAdmin;
    expected.path = row.key.playback_path;
    CHECK(storage().finish_cutoff(cutoffs[0], at(seconds(21)), std::nullopt).value() == expected);
    CHECK(storage().find_stream(stream.id).value() == expected);
    const auto after = session(row);
    CHECK_FALSE(after.stream.has_value());
    CHECK(after.version > before.version);
    CHECK(pending().empty());

    // Finishing it again changes nothing.
    CHECK_FALSE(
        storage().finish_cutoff(cutoffs[0], at(seconds(30)), std::nullopt).value().has_value());
    CHECK(storage().find_stream(stream.id).value() == expected);
}

TEST_CASE_FIXTURE(StorageCase, "finishing the cut-off of a reservation ends no stream") {
    const auto row = add_key();
    claim(row, "a");
    const auto cutoffs =
        storage().revoke_stream_key(row.key.id, at(seconds(20)), make_audit()).value().cutoffs;
    REQUIRE(cutoffs.size() == 1);
    CHECK_FALSE(
        storage().finish_cutoff(cutoffs[0], at(seconds(21)), std::nullopt).value().has_value());
    CHECK(pending().empty());
}

TEST_CASE_FIXTURE(StorageCase, "finishing an unknown cut-off succeeds and ends nothing") {
    const auto row = add_key();
    const auto stream = go_live(row, "a");
    Cutoff never_asked;
    never_asked.stream_key_id = row.key.id;
    never_asked.connection = ConnectionId{"a"};
    never_asked.node = "default";
    never_asked.stream_id = stream.id;
    SUBCASE("of a live stream") {}
    SUBCASE("of another connection") {
        never_asked.connection = ConnectionId{"b"};
    }
    SUBCASE("of an unknown key") {
        never_asked.stream_key_id = new_id<StreamKeyId>();
    }
    const auto before = session(row);
    CHECK_FALSE(
        storage().finish_cutoff(never_asked, at(seconds(21)), std::nullopt).value().has_value());
    CHECK(session(row) == before);
}

TEST_CASE_FIXTURE(StorageCase, "a stream that ended meanwhile keeps its end and its reason") {
    const auto row = add_key();
    auto stream = go_live(row, "a");
    const auto cutoffs =
        storage().revoke_stream_key(row.key.id, at(seconds(20)), make_audit()).value().cutoffs;
    stream.state = StreamState::kEnded;
    stream.ended_at = at(seconds(20) + microseconds(5));
    stream.end_reason = EndReason::kClientDisconnected;
    commit_stream(row, stream);
    CHECK_FALSE(
        storage().finish_cutoff(cutoffs.at(0), at(seconds(21)), std::nullopt).value().has_value());
    CHECK(storage().find_stream(stream.id).value() == stream);
    CHECK(pending().empty());
}

TEST_CASE_FIXTURE(StorageCase, "a cut-off does not end a stream that another connection delivers") {
    const auto row = add_key();
    auto stream = go_live(row, "a");
    const auto cutoffs = storage()
                             .begin_stop(stream.id, {EndReason::kStopped, ObservedBy::kAdmin},
                                         std::nullopt, at(seconds(20)), make_audit())
                             .value();
    REQUIRE(cutoffs.size() == 1);
    claim(row, "b", at(seconds(21)));
    stream.source_id = ConnectionId{"b"};
    stream.generation = 2;
    commit_stream(row, stream);
    CHECK_FALSE(
        storage().finish_cutoff(cutoffs[0], at(seconds(22)), std::nullopt).value().has_value());
    CHECK(storage().find_stream(stream.id).value() == stream);
    CHECK(session(row).claim->connection == ConnectionId{"b"});
    CHECK(pending().empty());
}

TEST_CASE_FIXTURE(StorageCase,
                  "a stop ends the claim and cuts off the source, and the key stays usable") {
    const auto owner = add_broadcaster();
    const auto row = add_key(owner.id);
    const auto stream = go_live(row, "a");
    const auto audit = make_audit("stop", at(seconds(50)));
    const auto cutoffs = storage()
                             .begin_stop(stream.id, {EndReason::kMaxDuration, ObservedBy::kAdmin},
                                         std::nullopt, at(seconds(20)), audit)
                             .value();
    REQUIRE(cutoffs.size() == 1);
    CHECK(cutoffs[0].connection == ConnectionId{"a"});
    CHECK(cutoffs[0].stream_id == stream.id);
    CHECK(cutoffs[0].protocol == Protocol::kRtmp);
    CHECK(cutoffs[0].cause == EndCause{EndReason::kMaxDuration, ObservedBy::kAdmin});
    CHECK(cutoffs[0].requested_at == at(seconds(20)));
    CHECK(cutoffs[0].digest == row.digest);
    CHECK(cutoffs[0].playback_path == row.key.playback_path);
    CHECK(pending() == cutoffs);
    CHECK(storage().list_audit({}).value().entries.front() ==
          AuditDraft(audit).of_stream(row.key, owner.display_name));
    CHECK_FALSE(session(row).claim.has_value());
    CHECK(session(row).stream == stream);
    CHECK_FALSE(session(row).key.revoked_at.has_value());

    const auto ended = storage().finish_cutoff(cutoffs[0], at(seconds(21)), std::nullopt).value();
    REQUIRE(ended.has_value());
    CHECK(ended->end_reason == EndReason::kMaxDuration);
    CHECK(decide(make_request(row, "b", at(seconds(22)))) == ClaimDecision::kGranted);
}

TEST_CASE_FIXTURE(
    StorageCase,
    "a session names the end of its stream while the cut-off of its source is pending") {
    const auto row = add_key();
    auto stream = go_live(row, "a");
    CHECK_FALSE(session(row).pending_end);
    const EndCause cause{EndReason::kMaxDuration, ObservedBy::kReconciler};
    const auto cutoffs =
        storage().begin_stop(stream.id, cause, std::nullopt, at(seconds(20)), make_audit()).value();
    REQUIRE(cutoffs.size() == 1);
    CHECK(session(row).pending_end == cause);
    CHECK(session_at(row.key.playback_path).pending_end == cause);
    CHECK(storage().load_session_by_digest(row.digest).value().pending_end == cause);
    const auto open = storage().open_sessions("default").value();
    REQUIRE(open.size() == 1);
    CHECK(open[0].pending_end == cause);

    SUBCASE("the cut-off is done") {
        storage().finish_cutoff(cutoffs[0], at(seconds(21)), std::nullopt).value();
        CHECK_FALSE(session(row).pending_end);
    }
    SUBCASE("the stream has ended") {
        stream.state = StreamState::kEnded;
        stream.ended_at = at(seconds(21));
        stream.end_reason = cause.reason;
        commit_stream(row, stream);
        CHECK_FALSE(session(row).pending_end);
        // The next stream is not concerned, even if it had the same connection.
        go_live(row, "a", at(seconds(22)));
        CHECK_FALSE(session(row).pending_end);
    }
    SUBCASE("another connection delivers the stream") {
        stream.source_id = ConnectionId{"b"};
        commit_stream(row, stream);
        CHECK_FALSE(session(row).pending_end);
    }
}

TEST_CASE_FIXTURE(StorageCase, "the cut-off of a displaced reservation ends no stream") {
    const auto row = add_key();
    const auto stream = go_live(row, "a");
    auto request = make_request(row, "b", at(seconds(11)));
    request.default_on_duplicate = OnDuplicate::kTakeover;
    REQUIRE(decide(request) == ClaimDecision::kGranted);
    request = make_request(row, "c", at(seconds(12)));
    request.default_on_duplicate = OnDuplicate::kTakeover;
    REQUIRE(decide(request) == ClaimDecision::kGranted);
    CHECK(pending().size() == 1);
    CHECK(session(row).stream == stream);
    CHECK_FALSE(session(row).pending_end);
}

TEST_CASE_FIXTURE(StorageCase, "a stop does not change the claim of another connection") {
    const auto row = add_key();
    const auto stream = go_live(row, "old");
    auto request = make_request(row, "new", at(seconds(11)));
    request.default_on_duplicate = OnDuplicate::kTakeover;
    REQUIRE(decide(request) == ClaimDecision::kGranted);
    const auto cutoffs = storage()
                             .begin_stop(stream.id, {EndReason::kStopped, ObservedBy::kAdmin},
                                         std::nullopt, at(seconds(20)), make_audit())
                             .value();
    REQUIRE(cutoffs.size() == 1);
    CHECK(cutoffs[0].connection == ConnectionId{"old"});
    CHECK(session(row).claim->connection == ConnectionId{"new"});
}

TEST_CASE_FIXTURE(StorageCase, "stopping a stream twice leaves one cut-off") {
    const auto row = add_key();
    const auto stream = go_live(row, "a");
    const auto first = storage()
                           .begin_stop(stream.id, {EndReason::kStopped, ObservedBy::kAdmin},
                                       std::nullopt, at(seconds(20)), make_audit())
                           .value();
    const auto second = storage()
                            .begin_stop(stream.id, {EndReason::kStopped, ObservedBy::kAdmin},
                                        std::nullopt, at(seconds(25)), make_audit())
                            .value();
    CHECK(first.size() == 1);
    CHECK(second == first);
    CHECK(pending() == first);
}

TEST_CASE_FIXTURE(StorageCase,
                  "revoking the key of a stream that is being stopped adds no cut-off") {
    const auto row = add_key();
    const auto stream = go_live(row, "a");
    const auto stop = storage()
                          .begin_stop(stream.id, {EndReason::kStopped, ObservedBy::kAdmin},
                                      std::nullopt, at(seconds(20)), make_audit())
                          .value();
    const auto revoked =
        storage().revoke_stream_key(row.key.id, at(seconds(21)), make_audit()).value();
    CHECK(revoked.changed);
    CHECK(revoked.cutoffs == stop);
    CHECK(pending() == stop);
}

TEST_CASE_FIXTURE(StorageCase,
                  "stopping a stream that is not live any more succeeds and writes nothing") {
    const auto row = add_key();
    auto stream = go_live(row, "a");
    stream.state = StreamState::kEnded;
    commit_stream(row, stream);
    const auto before = session(row);
    const auto entries = audit_count();
    CHECK(storage()
              .begin_stop(stream.id, {EndReason::kStopped, ObservedBy::kAdmin}, std::nullopt,
                          at(seconds(20)), make_audit())
              .value()
              .empty());
    CHECK(session(row) == before);
    CHECK(pending().empty());
    CHECK(audit_count() == entries);
}

TEST_CASE_FIXTURE(StorageCase, "a stop that was decided before its stream ended blocks the key") {
    const auto row = add_key();
    auto stream = go_live(row, "a");
    stream.state = StreamState::kEnded;
    stream.ended_at = at(seconds(20));
    commit_stream(row, stream);
    const auto stop = [&](seconds decided) {
        const auto entries = audit_count();
        CHECK(storage()
                  .begin_stop(stream.id, {EndReason::kStopped, ObservedBy::kAdmin}, at(seconds(90)),
                              at(decided), make_audit())
                  .value()
                  .empty());
        return audit_count() - entries;
    };
    CHECK(stop(seconds(21)) == 0);
    CHECK_FALSE(storage().find_stream_key(row.key.id).value().blocked_until.has_value());
    CHECK(stop(seconds(19)) == 1);
    CHECK(storage().find_stream_key(row.key.id).value().blocked_until == at(seconds(90)));
    CHECK(decide(make_request(row, "b", at(seconds(89)))) == ClaimDecision::kBlocked);
    CHECK(storage().find_stream(stream.id).value().ended_at == at(seconds(20)));
    CHECK(pending().empty());
    // Without a block there is nothing to write.
    const auto entries = audit_count();
    storage()
        .begin_stop(stream.id, {EndReason::kStopped, ObservedBy::kAdmin}, std::nullopt,
                    at(seconds(19)), make_audit())
        .value();
    CHECK(audit_count() == entries);
}

TEST_CASE_FIXTURE(StorageCase,
                  "a stop that was decided in the reconnect window blocks the key after its end") {
    const auto row = add_key();
    const auto stream = go_live(row, "a");
    SessionChange ended;
    ended.stream_key_id = row.key.id;
    ended.set_claim = true;
    ended.stream = stream;
    ended.stream->state = StreamState::kEnded;
    ended.stream->ended_at = at(seconds(20));  // when the source was lost
    ended.stream->end_reason = EndReason::kReconnectTimeout;
    StreamTransition line;
    line.at = at(seconds(80));  // when that became known
    line.kind = TransitionKind::kEnded;
    ended.transitions = {line};
    commit(ended);
    const auto stop = [&](seconds decided) {
        storage()
            .begin_stop(stream.id, {EndReason::kStopped, ObservedBy::kAdmin}, at(seconds(190)),
                        at(decided), make_audit())
            .value();
        return storage().find_stream_key(row.key.id).value().blocked_until.has_value();
    };
    CHECK_FALSE(stop(seconds(81)));
    CHECK(stop(seconds(50)));
}

TEST_CASE_FIXTURE(StorageCase, "stopping an unknown stream gives \"not found\"") {
    CHECK(code_of(storage().begin_stop(new_id<StreamId>(),
                                       {EndReason::kStopped, ObservedBy::kAdmin}, std::nullopt,
                                       at(seconds(20)), make_audit())) == ErrorCode::kNotFound);
    CHECK(audit_count() == 0);
}
