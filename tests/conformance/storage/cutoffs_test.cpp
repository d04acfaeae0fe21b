// Which connections a refusal cuts off.
#include <algorithm>

#include "conformance/storage/storage_case.hpp"

using namespace rescuestream;
using namespace rescuestream::testing;

TEST_CASE_FIXTURE(StorageCase, "revoking a key without connections leaves nothing to cut off") {
    const auto row = add_key();
    const auto audit = make_audit("delete", at(seconds(50)));
    const auto outcome = storage().revoke_stream_key(row.key.id, at(seconds(20)), audit).value();
    StreamKey expected = row.key;
    expected.revoked_at = at(seconds(20));
    CHECK(outcome.changed);
    CHECK(outcome.keys == std::vector{expected});
    CHECK(outcome.cutoffs.empty());
    CHECK(storage().find_stream_key(row.key.id).value() == expected);
    CHECK(storage().list_audit({}).value().entries.front().id == audit.id);
    CHECK(pending().empty());
}

TEST_CASE_FIXTURE(StorageCase, "revoking a reserved key cuts off the connection that reserved it") {
    const auto row = add_key();
    auto request = make_request(row, "a");
    request.claim.node = "node-2";
    request.claim.protocol = Protocol::kSrt;
    REQUIRE(decide(request) == ClaimDecision::kGranted);
    const auto outcome =
        storage().revoke_stream_key(row.key.id, at(seconds(20)), make_audit()).value();

    Cutoff expected;
    expected.stream_key_id = row.key.id;
    expected.connection = ConnectionId{"a"};
    expected.node = "node-2";
    expected.protocol = Protocol::kSrt;
    expected.playback_path = row.key.playback_path;
    expected.digest = row.digest;
    expected.cause = {EndReason::kKeyRevoked, ObservedBy::kAdmin};
    expected.requested_at = at(seconds(20));
    CHECK(outcome.cutoffs == std::vector{expected});
    CHECK(pending("node-2") == std::vector{expected});
    CHECK(pending("default").empty());
    CHECK_FALSE(session(row).claim.has_value());
}

TEST_CASE_FIXTURE(StorageCase, "revoking a live key cuts off one connection with its stream") {
    const auto row = add_key();
    const auto stream = go_live(row, "a");
    const auto outcome =
        storage().revoke_stream_key(row.key.id, at(seconds(20)), make_audit()).value();
    REQUIRE(outcome.cutoffs.size() == 1);
    CHECK(outcome.cutoffs[0].connection == ConnectionId{"a"});
    CHECK(outcome.cutoffs[0].protocol == Protocol::kRtmp);
    CHECK(outcome.cutoffs[0].stream_id == stream.id);
    CHECK(pending() == outcome.cutoffs);
    const auto after = session(row);
    CHECK_FALSE(after.claim.has_value());
    CHECK(after.stream == stream);  // it ends when the connection is known to be gone
    CHECK(decide(make_request(row, "a", at(seconds(21)))) == ClaimDecision::kRevoked);
}

TEST_CASE_FIXTURE(StorageCase, "revoking during a takeover cuts off both connections") {
    const auto row = add_key();
    const auto stream = go_live(row, "old");
    auto request = make_request(row, "new", at(seconds(11)));
    request.default_on_duplicate = OnDuplicate::kTakeover;
    REQUIRE(decide(request) == ClaimDecision::kGranted);
    auto cutoffs =
        storage().revoke_stream_key(row.key.id, at(seconds(20)), make_audit()).value().cutoffs;
    REQUIRE(cutoffs.size() == 2);
    std::sort(cutoffs.begin(), cutoffs.end(),
              [](const Cutoff& a, const Cutoff& b) { return a.connection < b.connection; });
    CHECK(cutoffs[0].connection == ConnectionId{"new"});
    CHECK_FALSE(cutoffs[0].stream_id.has_value());
    CHECK(cutoffs[1].connection == ConnectionId{"old"});
    CHECK(cutoffs[1].stream_id == stream.id);
    CHECK(cutoffs[1].node == stream.node);

    CHECK_FALSE(
        storage().finish_cutoff(cutoffs[0], at(seconds(21)), std::nullopt).value().has_value());
    CHECK(session(row).stream.has_value());
    CHECK(storage().finish_cutoff(cutoffs[1], at(seconds(22)), std::nullopt).value().has_value());
    CHECK_FALSE(session(row).stream.has_value());
}

TEST_CASE_FIXTURE(StorageCase,
                  "revoking the key of a reconnecting stream cuts off its last source") {
    const auto row = add_key();
    auto stream = go_live(row, "a");
    stream.state = StreamState::kReconnecting;
    stream.interrupted_at = at(seconds(15));
    commit_stream(row, stream);
    commit_claim(row, std::nullopt);
    const auto cutoffs =
        storage().revoke_stream_key(row.key.id, at(seconds(20)), make_audit()).value().cutoffs;
    REQUIRE(cutoffs.size() == 1);
    CHECK(cutoffs[0].connection == ConnectionId{"a"});
    CHECK(cutoffs[0].stream_id == stream.id);
    const auto ended = storage().finish_cutoff(cutoffs[0], at(seconds(21)), std::nullopt).value();
    REQUIRE(ended.has_value());
    CHECK(ended->state == StreamState::kEnded);
    CHECK_FALSE(ended->interrupted_at.has_value());
}

TEST_CASE_FIXTURE(StorageCase,
                  "a claim that displaces a connection which is not live yet cuts it off") {
    const auto row = add_key();
    auto first = make_request(row, "a");
    first.claim.node = "node-2";
    first.claim.protocol = Protocol::kSrt;
    REQUIRE(decide(first) == ClaimDecision::kGranted);
    auto second = make_request(row, "b", at(seconds(12)));
    SUBCASE("by the policy") {
        second.default_on_duplicate = OnDuplicate::kTakeover;
    }
    SUBCASE("because its reservation is void") {
        second.claim.claimed_at = at(seconds(100));
    }
    SUBCASE("by the policy, after a rotation with an overlap") {
        second.digest = make_key(row.key.broadcaster_id).digest;
        const StreamKeyRotation rotation{row.key.id, second.digest, at(seconds(50))};
        storage().rotate_stream_key(rotation, at(seconds(11)), make_audit()).value();
        second.default_on_duplicate = OnDuplicate::kTakeover;
    }
    REQUIRE(decide(second) == ClaimDecision::kGranted);
    REQUIRE(decide(second) == ClaimDecision::kGranted);  // again: nothing changes

    Cutoff expected;
    expected.stream_key_id = row.key.id;
    expected.connection = ConnectionId{"a"};
    expected.node = "node-2";
    expected.protocol = Protocol::kSrt;
    expected.playback_path = row.key.playback_path;
    expected.digest = row.digest;
    expected.cause = {EndReason::kTakenOver, ObservedBy::kAuth};
    expected.requested_at = second.claim.claimed_at;
    CHECK(pending("node-2") == std::vector{expected});
    CHECK(pending().empty());
    CHECK(session(row).claim->connection == ConnectionId{"b"});

    // A refusal of the key returns it with its own.
    const auto revoked =
        storage().revoke_stream_key(row.key.id, at(seconds(101)), make_audit()).value();
    REQUIRE(revoked.cutoffs.size() == 2);
    CHECK(revoked.cutoffs[0] == expected);
    CHECK(revoked.cutoffs[1].connection == ConnectionId{"b"});
}

TEST_CASE_FIXTURE(StorageCase, "a claim that is refused or displaces a live one cuts nobody off") {
    const auto row = add_key();
    claim(row, "a");
    REQUIRE(decide(make_request(row, "b", at(seconds(12)))) == ClaimDecision::kInUse);
    CHECK(pending().empty());
    Claim held = session(row).claim.value();
    held.live = true;
    commit_claim(row, held);
    auto request = make_request(row, "b", at(seconds(13)));
    request.default_on_duplicate = OnDuplicate::kTakeover;
    REQUIRE(decide(request) == ClaimDecision::kGranted);
    CHECK(pending().empty());
}

TEST_CASE_FIXTURE(StorageCase,
                  "a commit cuts off the connection whose claim it replaces, if told") {
    const auto row = add_key();
    claim(row, "a");
    SessionChange change;
    change.stream_key_id = row.key.id;
    change.set_claim = true;
    change.cuts_off_replaced = true;
    SUBCASE("for no other") {}
    SUBCASE("for another") {
        change.claim = session(row).claim;
        change.claim->connection = ConnectionId{"b"};
        change.claim->live = true;
    }
    SUBCASE("not if it keeps its claim") {
        change.claim = session(row).claim;
        change.claim->live = true;
        commit(change);
        CHECK(pending().empty());
        return;
    }
    SUBCASE("not if it is live") {
        Claim held = session(row).claim.value();
        held.live = true;
        commit_claim(row, held);
        commit(change);
        CHECK(pending().empty());
        return;
    }
    SUBCASE("not if it is not told") {
        change.cuts_off_replaced = false;
        commit(change);
        CHECK(pending().empty());
        return;
    }
    commit(change);
    REQUIRE(pending().size() == 1);
    CHECK(pending()[0].connection == ConnectionId{"a"});
    CHECK(pending()[0].cause == EndCause{EndReason::kNeverStarted, ObservedBy::kReconciler});
    CHECK(pending()[0].requested_at == at(seconds(10)));
    CHECK(session(row).claim == change.claim);
}

TEST_CASE_FIXTURE(StorageCase, "a stream that has ended is not cut off") {
    const auto row = add_key();
    auto stream = go_live(row, "a");
    stream.state = StreamState::kEnded;
    commit_stream(row, stream);
    commit_claim(row, std::nullopt);
    CHECK(storage()
              .revoke_stream_key(row.key.id, at(seconds(20)), make_audit())
              .value()
              .cutoffs.empty());
}

TEST_CASE_FIXTURE(StorageCase,
                  "revoking again writes nothing and returns the cut-offs that are still pending") {
    const auto row = add_key();
    go_live(row, "a");
    const auto first =
        storage().revoke_stream_key(row.key.id, at(seconds(20)), make_audit()).value();
    const auto before = session(row);
    const auto entries = audit_count();
    const auto second =
        storage().revoke_stream_key(row.key.id, at(seconds(30)), make_audit()).value();
    CHECK_FALSE(second.changed);
    CHECK(second.keys == first.keys);
    CHECK(second.cutoffs == first.cutoffs);
    CHECK(second.cutoffs.at(0).requested_at == at(seconds(20)));  // by which they are counted once
    CHECK(session(row) == before);
    CHECK(audit_count() == entries);

    storage().finish_cutoff(first.cutoffs.at(0), at(seconds(31)), std::nullopt).value();
    const auto third =
        storage().revoke_stream_key(row.key.id, at(seconds(40)), make_audit()).value();
    CHECK_FALSE(third.changed);
    CHECK(third.cutoffs.empty());
}

TEST_CASE_FIXTURE(StorageCase, "pending cut-offs are those of the node, oldest first") {
    const auto reserve = [&](const std::string& node) {
        const auto row = add_key();
        auto request = make_request(row, "connection of " + row.key.label);
        request.claim.node = node;
        REQUIRE(decide(request) == ClaimDecision::kGranted);
        return row;
    };
    const auto a = reserve("north");
    const auto b = reserve("north");
    const auto c = reserve("south");
    const auto d = reserve("north");
    const auto revoke = [&](const StreamKeyRow& row, int second) {
        storage().revoke_stream_key(row.key.id, at(seconds(second)), make_audit()).value();
    };
    revoke(a, 22);
    revoke(b, 21);
    revoke(c, 20);
    revoke(d, 23);
    const auto north = pending("north");
    REQUIRE(north.size() == 3);
    CHECK(north[0].stream_key_id == b.key.id);
    CHECK(north[1].stream_key_id == a.key.id);
    CHECK(north[2].stream_key_id == d.key.id);
    CHECK(pending("south").size() == 1);
    CHECK(pending("nowhere").empty());
}
