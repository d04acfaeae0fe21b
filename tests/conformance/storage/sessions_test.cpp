#include "conformance/storage/storage_case.hpp"

using namespace rescuestream;
using namespace rescuestream::testing;

TEST_CASE_FIXTURE(StorageCase, "a session is found by path, by digest and by id of its key") {
    const auto other = add_key();
    const auto row = add_key();
    const auto stream = go_live(row, "a");
    go_live(other, "b");
    const auto loaded = storage().load_session(row.key.id).value();
    CHECK(loaded.key.id == row.key.id);
    CHECK(loaded.claim->connection == ConnectionId{"a"});
    CHECK(loaded.stream == stream);
    CHECK(session_at(row.key.playback_path) == loaded);
    CHECK(storage().load_session_by_digest(row.digest).value() == loaded);
}

TEST_CASE_FIXTURE(StorageCase, "a session of an unknown key is not found") {
    add_key();
    CHECK(code_of(storage().load_session(new_id<StreamKeyId>())) == ErrorCode::kNotFound);
    CHECK(storage().sessions_at_path("live/unknown").value().empty());
    CHECK(storage().sessions_at_path("").value().empty());
    CHECK(code_of(storage().load_session_by_digest(KeyDigest{})) == ErrorCode::kNotFound);
}

TEST_CASE_FIXTURE(StorageCase, "a revoked key is found by digest and by id, not by path") {
    const auto row = add_key();
    storage().revoke_stream_key(row.key.id, at(seconds(20)), make_audit()).value();
    CHECK(storage().sessions_at_path(row.key.playback_path).value().empty());
    CHECK(storage().load_session_by_digest(row.digest).value().key.revoked_at == at(seconds(20)));
    CHECK(storage().load_session(row.key.id).value().key.revoked_at == at(seconds(20)));
}

TEST_CASE_FIXTURE(StorageCase,
                  "a path that revoked keys had too leads to the key that has it now") {
    const auto owner = add_broadcaster().id;
    StreamKeyRow row;
    for (int i = 0; i < 3; ++i) {
        if (i > 0) storage().revoke_stream_key(row.key.id, at(seconds(i)), make_audit()).value();
        row = make_key(owner);
        row.key.playback_path = "live/shared";
        add(row);
    }
    CHECK(session_at("live/shared").key.id == row.key.id);
}

TEST_CASE_FIXTURE(StorageCase, "a claim is read as it was committed") {
    const auto row = add_key();
    Claim claim;
    claim.connection = ConnectionId{"b6e5e9a2-0000-4000-8000-000000000001"};
    claim.node = "node-ö";
    claim.protocol = Protocol::kSrt;
    claim.claimed_at = at(microseconds(7));
    SUBCASE("with the least that a claim has") {}
    SUBCASE("with everything that a claim can have") {
        claim.path_is_secret = true;
        claim.remote_address = "2001:db8::1";
        claim.user_agent = "Encoder/1.0 (🚁; \"x\\y\")";
        claim.live = true;
        claim.stalled_since = at(microseconds(8));
        claim.last_takeover_at = at(microseconds(9));
    }
    commit_claim(row, claim);
    CHECK(session(row).claim == claim);
    commit_claim(row, std::nullopt);
    CHECK_FALSE(session(row).claim.has_value());
}

TEST_CASE_FIXTURE(StorageCase, "a claim can have every protocol") {
    const auto row = add_key();
    for (const auto protocol :
         {Protocol::kUnknown, Protocol::kRtmp, Protocol::kRtsp, Protocol::kSrt, Protocol::kWebRtc,
          Protocol::kHls, Protocol::kMoq}) {
        auto request = make_request(row, std::string(to_string(protocol)));
        request.claim.protocol = protocol;
        REQUIRE(decide(request) == ClaimDecision::kGranted);
        CHECK(session(row).claim->protocol == protocol);
        commit_claim(row, std::nullopt);
    }
}

TEST_CASE_FIXTURE(StorageCase, "a commit changes the members that it names and leaves the rest") {
    const auto row = add_key();
    claim(row, "a");
    const auto claimed = session(row);

    const auto stream = make_stream(row.key, "a");
    commit_stream(row, stream);
    auto after = session(row);
    CHECK(after.claim == claimed.claim);
    CHECK(after.stream == stream);
    CHECK(after.key == claimed.key);
    CHECK(after.version > claimed.version);

    commit_claim(row, std::nullopt);
    const auto released = session(row);
    CHECK_FALSE(released.claim.has_value());
    CHECK(released.stream == stream);
    CHECK(released.version > after.version);
}

TEST_CASE_FIXTURE(StorageCase, "claim and stream are committed together") {
    const auto row = add_key();
    claim(row, "a");
    SessionChange change;
    change.stream_key_id = row.key.id;
    change.set_claim = true;
    change.claim = session(row).claim;
    change.claim->live = true;
    change.stream = make_stream(row.key, "a");
    commit(change);
    CHECK(session(row).claim == change.claim);
    CHECK(session(row).stream == change.stream);
}

TEST_CASE_FIXTURE(StorageCase, "a commit on an old version is a conflict and writes nothing") {
    const auto row = add_key();
    claim(row, "a");
    SessionChange change;
    change.stream_key_id = row.key.id;
    change.expected_version = session(row).version;
    change.set_claim = true;
    change.stream = make_stream(row.key, "a");

    SUBCASE("after another commit") {
        commit_claim(row, session(row).claim);
    }
    SUBCASE("after a claim") {
        auto request = make_request(row, "b");
        request.default_on_duplicate = OnDuplicate::kTakeover;
        REQUIRE(decide(request) == ClaimDecision::kGranted);
    }
    SUBCASE("after a revocation that ended the claim") {
        storage().revoke_stream_key(row.key.id, at(seconds(20)), make_audit()).value();
    }
    SUBCASE("with a version that never existed") {
        change.expected_version += 1'000;
    }
    const auto before = session(row);
    CHECK(code_of(storage().commit_session(change)) == ErrorCode::kConflict);
    CHECK(session(row) == before);
    CHECK(code_of(storage().find_stream(change.stream->id)) == ErrorCode::kNotFound);
}

TEST_CASE_FIXTURE(StorageCase, "a commit from before a stop or a cut-off is a conflict") {
    const auto row = add_key();
    const auto stream = go_live(row, "a");
    SessionChange change;
    change.stream_key_id = row.key.id;
    change.stream = stream;
    SUBCASE("begun") {
        change.expected_version = session(row).version;
        storage()
            .begin_stop(stream.id, {EndReason::kStopped, ObservedBy::kAdmin}, std::nullopt,
                        at(seconds(20)), make_audit())
            .value();
    }
    SUBCASE("finished") {
        const auto cutoffs = storage()
                                 .begin_stop(stream.id, {EndReason::kStopped, ObservedBy::kAdmin},
                                             std::nullopt, at(seconds(20)), make_audit())
                                 .value();
        REQUIRE(cutoffs.size() == 1);
        change.expected_version = session(row).version;
        storage().finish_cutoff(cutoffs[0], at(seconds(21)), std::nullopt).value();
    }
    const auto before = session(row);
    CHECK(code_of(storage().commit_session(change)) == ErrorCode::kConflict);
    CHECK(session(row) == before);
}

TEST_CASE_FIXTURE(StorageCase, "the second of two commits on the same version is a conflict") {
    const auto row = add_key();
    SessionChange change;
    change.stream_key_id = row.key.id;
    change.expected_version = session(row).version;
    change.stream = make_stream(row.key, "a");
    CHECK(storage().commit_session(change).has_value());
    change.stream->generation = 2;
    CHECK(code_of(storage().commit_session(change)) == ErrorCode::kConflict);
    CHECK(session(row).stream->generation == 1);
}

TEST_CASE_FIXTURE(StorageCase, "a commit for an unknown key is not found") {
    SessionChange change;
    change.stream_key_id = new_id<StreamKeyId>();
    CHECK(code_of(storage().commit_session(change)) == ErrorCode::kNotFound);
}

TEST_CASE_FIXTURE(StorageCase, "a session has its stream until that has ended") {
    const auto row = add_key();
    auto stream = go_live(row, "a");
    stream.state = StreamState::kReconnecting;
    stream.interrupted_at = at(seconds(12));
    commit_stream(row, stream);
    CHECK(session(row).stream == stream);

    stream.state = StreamState::kEnded;
    stream.ended_at = at(seconds(13));
    stream.end_reason = EndReason::kReconnectTimeout;
    stream.interrupted_at.reset();
    commit_stream(row, stream);
    CHECK_FALSE(session(row).stream.has_value());
    CHECK(storage().find_stream(stream.id).value() == stream);

    const auto next = make_stream(row.key, "b", at(seconds(14)));
    commit_stream(row, next);
    CHECK(session(row).stream == next);
    CHECK(storage().find_stream(stream.id).value() == stream);
}

TEST_CASE_FIXTURE(StorageCase, "an expired or disabled key still has its session") {
    auto row = make_key(add_broadcaster().id);
    row.key.disabled = true;
    row.key.expires_at = at(seconds(-10));
    add(row);
    CHECK(session_at(row.key.playback_path).key == row.key);
}
