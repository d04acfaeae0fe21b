// Changes of a key: policies, disabling, rotation, a disabled broadcaster.
#include "conformance/storage/storage_case.hpp"

using namespace rescuestream;
using namespace rescuestream::testing;

namespace {

KeyDigest digest_of(std::uint8_t byte) {
    KeyDigest digest{};
    digest.fill(byte);
    return digest;
}

ClaimRequest with_digest(ClaimRequest request, const KeyDigest& digest) {
    request.digest = digest;
    return request;
}

StreamKeyChange disabling(const StreamKeyRow& row, bool disabled) {
    StreamKeyChange change;
    change.id = row.key.id;
    change.disabled = disabled;
    return change;
}

}  // namespace

TEST_CASE_FIXTURE(StorageCase, "the path of a key that nobody uses can be changed to a free one") {
    const auto row = add_key();
    const auto other = add_key();
    StreamKeyChange change;
    change.id = row.key.id;
    change.playback_path = "moved/here";
    const auto outcome = storage().update_stream_key(change, at(seconds(20)), make_audit()).value();
    CHECK(outcome.changed);
    CHECK(outcome.keys.at(0).playback_path == "moved/here");
    CHECK(session_at("moved/here").key.id == row.key.id);
    CHECK(storage().sessions_at_path(row.key.playback_path).value().empty());
    const auto facts = storage().key_facts_after("", 1'000).value().facts;
    CHECK(std::any_of(facts.begin(), facts.end(), [&](const KeyFact& fact) {
        return fact.stream_key_id == row.key.id && fact.playback_path == "moved/here";
    }));

    change.playback_path = other.key.playback_path;
    CHECK(code_of(storage().update_stream_key(change, at(seconds(21)), make_audit())) ==
          ErrorCode::kConflict);
    change.playback_path = "moved/again";
    auto request = make_request(row, "c1", at(seconds(22)));
    request.path = "moved/here";
    REQUIRE(storage().claim(request).value().decision == ClaimDecision::kGranted);
    CHECK(code_of(storage().update_stream_key(change, at(seconds(23)), make_audit())) ==
          ErrorCode::kConflict);
    CHECK(storage().find_stream_key(row.key.id).value().playback_path == "moved/here");
}

TEST_CASE_FIXTURE(StorageCase,
                  "a change of a key writes the members that it names and leaves the rest") {
    const auto row = add_key();
    StreamKeyChange change;
    change.id = row.key.id;
    change.label = "Drone 7";
    change.policies.on_duplicate = OnDuplicate::kTakeover;
    change.policies.reconnect_window = seconds(0);
    change.policies.stale_after = seconds(7);
    change.policies.max_session_duration = seconds(3'600);
    change.expires_at = at(seconds(500));
    const auto entries = audit_count();
    const auto outcome = storage().update_stream_key(change, at(seconds(20)), make_audit()).value();

    StreamKey expected = row.key;
    expected.label = "Drone 7";
    expected.policies.on_duplicate = OnDuplicate::kTakeover;
    expected.policies.reconnect_window = seconds(0);
    expected.policies.stale_after = seconds(7);
    expected.policies.max_session_duration = seconds(3'600);
    expected.expires_at = at(seconds(500));
    CHECK(outcome.changed);
    REQUIRE(outcome.keys.size() == 1);
    CHECK(outcome.keys[0] == expected);
    CHECK(storage().find_stream_key(row.key.id).value() == expected);
    CHECK(audit_count() == entries + 1);

    StreamKeyChange reset;
    reset.id = row.key.id;
    reset.reset = {"expires_at", "stale_after"};
    storage().update_stream_key(reset, at(seconds(21)), make_audit()).value();
    expected.expires_at.reset();
    expected.policies.stale_after.reset();
    CHECK(storage().find_stream_key(row.key.id).value() == expected);
}

TEST_CASE_FIXTURE(StorageCase, "a change that changes nothing writes nothing") {
    const auto row = add_key();
    const auto entries = audit_count();
    StreamKeyChange change;
    change.id = row.key.id;
    change.label = row.key.label;
    CHECK_FALSE(storage().update_stream_key(change, at(seconds(20)), make_audit()).value().changed);
    CHECK(audit_count() == entries);
}

TEST_CASE_FIXTURE(StorageCase, "an unknown or revoked key cannot be changed") {
    const auto row = add_key();
    storage().revoke_stream_key(row.key.id, at(seconds(5)), make_audit()).value();
    CHECK(code_of(storage().update_stream_key(disabling(row, true), at(seconds(20)),
                                              make_audit())) == ErrorCode::kConflict);
    CHECK(code_of(storage().rotate_stream_key({row.key.id, digest_of(1), std::nullopt},
                                              at(seconds(20)), make_audit())) ==
          ErrorCode::kConflict);
    StreamKeyChange nobody;
    nobody.id = new_id<StreamKeyId>();
    CHECK(code_of(storage().update_stream_key(nobody, at(seconds(20)), make_audit())) ==
          ErrorCode::kNotFound);
    CHECK(code_of(storage().rotate_stream_key({nobody.id, digest_of(1), std::nullopt},
                                              at(seconds(20)), make_audit())) ==
          ErrorCode::kNotFound);
}

TEST_CASE_FIXTURE(StorageCase, "a key that is disabled loses its claim and is cut off") {
    const auto row = add_key();
    const auto stream = go_live(row, "a");
    const auto outcome =
        storage().update_stream_key(disabling(row, true), at(seconds(20)), make_audit()).value();
    REQUIRE(outcome.cutoffs.size() == 1);
    CHECK(outcome.cutoffs[0].connection == ConnectionId{"a"});
    CHECK(outcome.cutoffs[0].cause.reason == EndReason::kDisabled);
    CHECK_FALSE(session(row).claim);
    CHECK(decide(make_request(row, "b", at(seconds(21)))) == ClaimDecision::kDisabled);

    storage().update_stream_key(disabling(row, false), at(seconds(22)), make_audit()).value();
    CHECK(decide(make_request(row, "b", at(seconds(23)))) == ClaimDecision::kGranted);
}

TEST_CASE_FIXTURE(StorageCase,
                  "a rotation without overlap makes the old value unknown and cuts off") {
    const auto row = add_key();
    go_live(row, "a");
    const auto outcome = storage()
                             .rotate_stream_key({row.key.id, digest_of(7), std::nullopt},
                                                at(seconds(20)), make_audit())
                             .value();
    REQUIRE(outcome.cutoffs.size() == 1);
    CHECK(outcome.cutoffs[0].cause.reason == EndReason::kKeyRotated);
    CHECK(outcome.cutoffs[0].digest == row.digest);  // its digest finds a source with the old value
    CHECK_FALSE(session(row).claim);
    const auto request = make_request(row, "b", at(seconds(21)));
    CHECK(decide(request) == ClaimDecision::kUnknownKey);
    CHECK(decide(with_digest(request, digest_of(7))) == ClaimDecision::kGranted);
    CHECK(code_of(storage().load_session_by_digest(row.digest)) == ErrorCode::kNotFound);
}

TEST_CASE_FIXTURE(StorageCase, "during the overlap of a rotation both values are valid") {
    const auto row = add_key();
    go_live(row, "a");
    const auto outcome = storage()
                             .rotate_stream_key({row.key.id, digest_of(7), at(seconds(100))},
                                                at(seconds(20)), make_audit())
                             .value();
    CHECK(outcome.cutoffs.empty());
    CHECK(outcome.keys.at(0).previous_value_expires_at == at(seconds(100)));
    REQUIRE(session(row).claim);
    CHECK(session(row).claim->by_previous_value);
    CHECK(storage().load_session_by_digest(row.digest).value().key.id == row.key.id);
    CHECK(storage().load_session_by_digest(digest_of(7)).value().key.id == row.key.id);

    commit_claim(row, std::nullopt);
    auto old_value = make_request(row, "b", at(seconds(99)));
    CHECK(storage().check_key(row.digest, std::nullopt, at(seconds(99))).value().decision ==
          ClaimDecision::kGranted);
    CHECK(decide(old_value) == ClaimDecision::kGranted);
    CHECK(session(row).claim->by_previous_value);
    CHECK(decide(old_value) == ClaimDecision::kGranted);  // again, the same connection
    const auto new_value = with_digest(make_request(row, "c", at(seconds(99))), digest_of(7));
    CHECK(decide(new_value) == ClaimDecision::kInUse);
    commit_claim(row, std::nullopt);
    CHECK(decide(new_value) == ClaimDecision::kGranted);
    CHECK_FALSE(session(row).claim->by_previous_value);

    commit_claim(row, std::nullopt);
    old_value.claim.claimed_at = at(seconds(100));
    CHECK(decide(old_value) == ClaimDecision::kExpired);
    CHECK(storage().check_key(row.digest, std::nullopt, at(seconds(100))).value().decision ==
          ClaimDecision::kExpired);
}

TEST_CASE_FIXTURE(StorageCase,
                  "a second rotation makes the value from before the first one invalid") {
    const auto row = add_key();
    const auto rotate = [&](std::uint8_t byte) {
        storage()
            .rotate_stream_key({row.key.id, digest_of(byte), at(seconds(100))}, at(seconds(20)),
                               make_audit())
            .value();
    };
    rotate(1);
    rotate(2);
    const auto request = make_request(row, "a", at(seconds(30)));
    CHECK(decide(request) == ClaimDecision::kUnknownKey);
    CHECK(decide(with_digest(request, digest_of(1))) == ClaimDecision::kGranted);
}

TEST_CASE_FIXTURE(StorageCase,
                  "all keys of a disabled broadcaster are refused, also ones created later") {
    const auto owner = add_broadcaster().id;
    const auto row = add_key(owner);
    const auto other = add_key();
    go_live(row, "a");
    const auto outcome =
        storage().set_broadcaster_disabled(owner, true, at(seconds(20)), make_audit()).value();
    CHECK(outcome.changed);
    REQUIRE(outcome.cutoffs.size() == 1);
    CHECK(outcome.cutoffs[0].cause.reason == EndReason::kDisabled);
    CHECK(storage().find_broadcaster(owner).value().disabled);
    CHECK(storage().find_stream_key(row.key.id).value().broadcaster_disabled);
    CHECK_FALSE(storage().find_stream_key(row.key.id).value().disabled);
    CHECK(decide(make_request(row, "b", at(seconds(21)))) == ClaimDecision::kDisabled);
    CHECK(decide(make_request(other, "c", at(seconds(21)))) == ClaimDecision::kGranted);
    const auto later = add_key(owner);
    CHECK(decide(make_request(later, "d", at(seconds(21)))) == ClaimDecision::kDisabled);

    const auto entries = audit_count();
    CHECK_FALSE(storage()
                    .set_broadcaster_disabled(owner, true, at(seconds(22)), make_audit())
                    .value()
                    .changed);
    CHECK(audit_count() == entries);
    storage().set_broadcaster_disabled(owner, false, at(seconds(23)), make_audit()).value();
    CHECK(decide(make_request(row, "b", at(seconds(24)))) == ClaimDecision::kGranted);
    CHECK(code_of(storage().set_broadcaster_disabled(new_id<BroadcasterId>(), true, at(seconds(25)),
                                                     make_audit())) == ErrorCode::kNotFound);
}

TEST_CASE_FIXTURE(StorageCase, "a stop can block the key for a given time") {
    const auto row = add_key();
    const auto stream = go_live(row, "a");
    const auto cutoffs = storage()
                             .begin_stop(stream.id, {EndReason::kStopped, ObservedBy::kAdmin},
                                         at(seconds(50)), at(seconds(20)), make_audit())
                             .value();
    CHECK(cutoffs.size() == 1);
    CHECK(storage().find_stream_key(row.key.id).value().blocked_until == at(seconds(50)));
    CHECK(decide(make_request(row, "b", at(seconds(49)))) == ClaimDecision::kBlocked);
    CHECK(storage().check_key(row.digest, std::nullopt, at(seconds(49))).value().decision ==
          ClaimDecision::kBlocked);
    CHECK(decide(make_request(row, "b", at(seconds(50)))) == ClaimDecision::kGranted);
}

TEST_CASE_FIXTURE(
    StorageCase,
    "a rotation cuts off a publisher according to the value that it was accepted with") {
    const auto row = add_key();
    const auto second = make_key(row.key.broadcaster_id).digest;
    const auto third = make_key(row.key.broadcaster_id).digest;
    storage()
        .rotate_stream_key({row.key.id, second, at(seconds(100))}, at(seconds(1)), make_audit())
        .value();
    claim(row, "a");
    const auto outcome =
        storage()
            .rotate_stream_key({row.key.id, third, std::nullopt}, at(seconds(20)), make_audit())
            .value();
    REQUIRE(outcome.cutoffs.size() == 1);
    CHECK(outcome.cutoffs[0].digest == row.digest);
    CHECK(pending() == outcome.cutoffs);
}
