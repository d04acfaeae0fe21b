#include <algorithm>

#include "conformance/storage/storage_case.hpp"

using namespace rescuestream;
using namespace rescuestream::testing;

TEST_CASE_FIXTURE(StorageCase, "a deleted broadcaster is no longer found or listed") {
    const auto kept = add_broadcaster();
    const auto gone = add_broadcaster();
    const auto outcome =
        storage().delete_broadcaster(gone.id, false, at(seconds(9)), make_audit("delete")).value();
    CHECK(outcome.changed);
    CHECK(outcome.keys.empty());
    CHECK(outcome.cutoffs.empty());
    CHECK(code_of(storage().find_broadcaster(gone.id)) == ErrorCode::kNotFound);
    CHECK(storage().list_broadcasters({}).value().items == std::vector{kept});
    CHECK(code_of(storage().update_broadcaster(gone.id, {}, at(seconds(10)), make_audit())) ==
          ErrorCode::kNotFound);
    CHECK(code_of(storage().create_stream_key(make_key(gone.id), make_audit())) ==
          ErrorCode::kNotFound);
    CHECK(audit_count() == 3);
}

TEST_CASE_FIXTURE(StorageCase, "deleting a broadcaster a second time gives \"not found\"") {
    const auto broadcaster = add_broadcaster();
    storage().delete_broadcaster(broadcaster.id, true, at(seconds(9)), make_audit()).value();
    CHECK(code_of(storage().delete_broadcaster(broadcaster.id, true, at(seconds(10)),
                                               make_audit())) == ErrorCode::kNotFound);
    CHECK(audit_count() == 2);
}

TEST_CASE_FIXTURE(StorageCase, "the keys of a deleted broadcaster are no longer found or listed") {
    const auto kept = add_key();
    const auto row = add_key();
    claim(row, "a");
    storage()
        .delete_broadcaster(row.key.broadcaster_id, true, at(seconds(20)), make_audit())
        .value();

    CHECK(code_of(storage().find_stream_key(row.key.id)) == ErrorCode::kNotFound);
    CHECK(ids_of(storage().list_stream_keys({}, {}).value().items) == std::vector{kept.key.id});
    CHECK(storage().list_stream_keys({row.key.broadcaster_id}, {}).value().items.empty());
    CHECK(code_of(storage().load_session(row.key.id)) == ErrorCode::kNotFound);
    CHECK(code_of(storage().load_session_by_digest(row.digest)) == ErrorCode::kNotFound);
    CHECK(storage().sessions_at_path(row.key.playback_path).value().empty());
    CHECK(code_of(storage().revoke_stream_key(row.key.id, at(seconds(21)), make_audit())) ==
          ErrorCode::kNotFound);
    const ClaimOutcome unknown{ClaimDecision::kUnknownKey, StreamKeyId(), std::nullopt};
    CHECK(storage().claim(make_request(row, "a", at(seconds(22)))).value() == unknown);
    CHECK(storage().check_key(row.digest, std::nullopt, at(seconds(22))).value() == unknown);
}

TEST_CASE_FIXTURE(StorageCase, "deleting a broadcaster revokes the keys that were not revoked") {
    const auto owner = add_broadcaster().id;
    const auto revoked_before = add_key(owner);
    const auto active = add_key(owner);
    storage().revoke_stream_key(revoked_before.key.id, at(seconds(5)), make_audit()).value();
    const auto outcome =
        storage().delete_broadcaster(owner, false, at(seconds(9)), make_audit()).value();

    for (const auto& key : outcome.keys) {
        const auto expected = key.id == active.key.id ? at(seconds(9)) : at(seconds(5));
        CHECK(key.revoked_at == expected);
    }
    const auto ids = ids_of(outcome.keys);
    CHECK(std::count(ids.begin(), ids.end(), active.key.id) == 1);
}

TEST_CASE_FIXTURE(StorageCase, "the playback path of a deleted broadcaster's key is free again") {
    const auto row = add_key();
    storage()
        .delete_broadcaster(row.key.broadcaster_id, false, at(seconds(9)), make_audit())
        .value();
    auto successor = make_key(add_broadcaster().id);
    successor.key.playback_path = row.key.playback_path;
    add(successor);
    CHECK(session_at(row.key.playback_path).key == successor.key);
}

TEST_CASE_FIXTURE(StorageCase, "a broadcaster with a live stream cannot be deleted without force") {
    const auto row = add_key();
    go_live(row, "a");
    const auto before = session(row);
    const auto entries = audit_count();
    CHECK(code_of(storage().delete_broadcaster(row.key.broadcaster_id, false, at(seconds(20)),
                                               make_audit())) == ErrorCode::kConflict);
    CHECK(storage().find_broadcaster(row.key.broadcaster_id).has_value());
    CHECK(session(row) == before);
    CHECK(pending().empty());
    CHECK(audit_count() == entries);
}

TEST_CASE_FIXTURE(
    StorageCase,
    "a stream that waits for its encoder does not prevent the deletion of its broadcaster") {
    const auto row = add_key();
    auto stream = go_live(row, "a");
    stream.state = StreamState::kReconnecting;
    stream.interrupted_at = at(seconds(11));
    commit_claim(row, std::nullopt);
    commit_stream(row, stream);
    const auto outcome =
        storage()
            .delete_broadcaster(row.key.broadcaster_id, false, at(seconds(20)), make_audit())
            .value();
    REQUIRE(outcome.cutoffs.size() == 1);
    storage().finish_cutoff(outcome.cutoffs[0], at(seconds(21)), std::nullopt).value();
    CHECK(storage().find_stream(stream.id).value().end_reason == EndReason::kKeyRevoked);
}

TEST_CASE_FIXTURE(StorageCase,
                  "streams that have ended do not prevent the deletion of a broadcaster") {
    const auto row = add_key();
    auto stream = go_live(row, "a");
    stream.state = StreamState::kEnded;
    stream.ended_at = at(seconds(15));
    stream.end_reason = EndReason::kClientDisconnected;
    commit_claim(row, std::nullopt);
    commit_stream(row, stream);
    const auto outcome =
        storage()
            .delete_broadcaster(row.key.broadcaster_id, false, at(seconds(20)), make_audit())
            .value();
    CHECK(outcome.cutoffs.empty());
    CHECK(storage().find_stream(stream.id).value() == stream);
}

TEST_CASE_FIXTURE(StorageCase,
                  "a reservation does not prevent the deletion of a broadcaster, and is cut off") {
    const auto row = add_key();
    claim(row, "a");
    const auto outcome =
        storage()
            .delete_broadcaster(row.key.broadcaster_id, false, at(seconds(20)), make_audit())
            .value();
    REQUIRE(outcome.cutoffs.size() == 1);
    CHECK(outcome.cutoffs[0].connection == ConnectionId{"a"});
    CHECK(outcome.cutoffs[0].cause.reason == EndReason::kKeyRevoked);
    CHECK_FALSE(outcome.cutoffs[0].stream_id.has_value());
    CHECK(pending() == outcome.cutoffs);
}

TEST_CASE_FIXTURE(StorageCase, "deleting with force cuts off all streams, and their records stay") {
    const auto owner = add_broadcaster().id;
    const auto first = add_key(owner);
    const auto second = add_key(owner);
    const auto other = add_key();
    const auto first_stream = go_live(first, "a");
    const auto second_stream = go_live(second, "b");
    go_live(other, "c");
    const auto outcome =
        storage().delete_broadcaster(owner, true, at(seconds(20)), make_audit()).value();
    CHECK(outcome.keys.size() == 2);
    REQUIRE(outcome.cutoffs.size() == 2);
    CHECK(pending().size() == 2);
    for (const auto& cutoff : outcome.cutoffs) {
        const bool is_first = cutoff.stream_key_id == first.key.id;
        CHECK(cutoff.connection == ConnectionId{is_first ? "a" : "b"});
        CHECK(cutoff.stream_id == (is_first ? first_stream.id : second_stream.id));
    }

    StreamFilter of_owner;
    of_owner.broadcaster_id = owner;
    CHECK(storage().list_streams(of_owner, {}).value().items.size() == 2);
    for (const auto& cutoff : outcome.cutoffs) {
        const auto ended = storage().finish_cutoff(cutoff, at(seconds(21)), std::nullopt).value();
        REQUIRE(ended.has_value());
        CHECK(ended->state == StreamState::kEnded);
        CHECK(storage().find_stream(ended->id).value() == *ended);
    }
    CHECK(pending().empty());
    CHECK(session(other).claim.has_value());
}

TEST_CASE_FIXTURE(StorageCase,
                  "a key of a deleted broadcaster still accepts a commit of its session") {
    const auto row = add_key();
    claim(row, "a");
    SessionChange change;
    change.stream_key_id = row.key.id;
    change.expected_version = session(row).version;
    storage()
        .delete_broadcaster(row.key.broadcaster_id, true, at(seconds(20)), make_audit())
        .value();
    // The deletion ended the claim, so the version is another one.
    CHECK(code_of(storage().commit_session(change)) == ErrorCode::kConflict);
}
