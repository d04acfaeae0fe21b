// Several keys on one path: which of them gets it, and what a takeover ends.
#include <set>

#include "conformance/storage/shared_paths_case.hpp"

using namespace rescuestream;
using namespace rescuestream::testing;

TEST_CASE_FIXTURE(SharedPathsCase, "a backup is refused while its primary is live or accepted") {
    const auto backup = add_member(20);
    const auto primary = add_member(80);
    claim(primary, "p", at(seconds(10)));
    const auto refused = ask(backup, "b", at(seconds(11)));
    CHECK(refused ==
          ClaimOutcome{ClaimDecision::kPathInUse, backup.key.id, std::nullopt, primary.key.id});
    CHECK_FALSE(session(backup).claim.has_value());
    // A reservation of that age is void.
    CHECK(ask(backup, "b", at(seconds(41))).decision == ClaimDecision::kGranted);
    commit_claim(backup, std::nullopt);

    commit_claim(primary, std::nullopt);
    go_live(primary, "p2", at(seconds(50)));
    for (const auto policy :
         {OnDuplicate::kReject, OnDuplicate::kRejectIfHealthy, OnDuplicate::kTakeover}) {
        CHECK(ask(backup, "b", at(seconds(300)), policy).holder == primary.key.id);
    }
    // A frozen primary gives the path up as soon as it counts as stalled.
    stall(primary, at(seconds(296)));
    CHECK(ask(backup, "b", at(seconds(300))).decision == ClaimDecision::kPathInUse);
    CHECK(ask(backup, "b", at(seconds(301))).decision == ClaimDecision::kGranted);
    CHECK(session(primary).claim->connection.value == "p2");
    CHECK(pending().empty());
}

TEST_CASE_FIXTURE(SharedPathsCase, "a backup is admitted when its primary is gone") {
    const auto primary = add_member(80);
    const auto backup = add_member(20);
    go_live(primary, "p");
    commit_claim(primary, std::nullopt);
    const auto granted = ask(backup, "b");
    CHECK(granted == ClaimOutcome{ClaimDecision::kGranted, backup.key.id, std::nullopt});
    // One key is judged as ever.
    CHECK(ask(backup, "c").decision == ClaimDecision::kInUse);
    CHECK(ask(backup, "b").decision == ClaimDecision::kGranted);
}

TEST_CASE_FIXTURE(SharedPathsCase,
                  "a primary is accepted beside its live backup, which stays until it delivers") {
    const auto backup = add_member(20);
    const auto primary = add_member(80);
    const auto stream = go_live(backup, "b");
    CHECK(ask(primary, "p", at(seconds(20))).decision == ClaimDecision::kGranted);
    CHECK(session(backup).claim->connection.value == "b");
    CHECK(pending().empty());
    CHECK(storage().displace_others(primary.key.id, at(seconds(21))).value().empty());

    Claim live = session(primary).claim.value();
    live.live = true;
    commit_claim(primary, live);
    commit_stream(primary, make_stream(primary.key, "p", at(seconds(22))));
    const auto cutoffs = storage().displace_others(primary.key.id, at(seconds(23))).value();
    REQUIRE(cutoffs.size() == 1);
    CHECK(cutoffs[0].stream_key_id == backup.key.id);
    CHECK(cutoffs[0].connection.value == "b");
    CHECK(cutoffs[0].stream_id == stream.id);
    CHECK(cutoffs[0].cause == EndCause{EndReason::kTakenOver, ObservedBy::kReconciler});
    CHECK(pending() == cutoffs);
    CHECK_FALSE(session(backup).claim.has_value());
    CHECK(session(backup).pending_end == cutoffs[0].cause);
    // Once.
    CHECK(storage().displace_others(primary.key.id, at(seconds(24))).value().empty());
    const auto ended = storage().finish_cutoff(cutoffs[0], at(seconds(25)), std::nullopt).value();
    REQUIRE(ended);
    CHECK(ended->end_reason == EndReason::kTakenOver);
    CHECK(session(primary).claim->live);
    CHECK(ask(backup, "b2", at(seconds(26))).holder == primary.key.id);
}

TEST_CASE_FIXTURE(SharedPathsCase,
                  "a connection of a backup that waits is cut off when its primary is accepted") {
    const auto backup = add_member(20);
    const auto primary = add_member(80);
    claim(backup, "b", at(seconds(10)));
    CHECK(ask(primary, "p", at(seconds(12))).decision == ClaimDecision::kGranted);
    const auto cutoffs = pending();
    REQUIRE(cutoffs.size() == 1);
    CHECK(cutoffs[0].stream_key_id == backup.key.id);
    CHECK(cutoffs[0].connection.value == "b");
    CHECK(cutoffs[0].digest == backup.digest);
    CHECK(cutoffs[0].cause == EndCause{EndReason::kTakenOver, ObservedBy::kAuth});
    CHECK_FALSE(cutoffs[0].stream_id.has_value());
    CHECK_FALSE(session(backup).claim.has_value());
}

TEST_CASE_FIXTURE(
    SharedPathsCase,
    "what waits with a lower key is cut off when the source of a higher one returns") {
    const auto backup = add_member(20);
    const auto primary = add_member(80);
    go_live(primary, "p", at(seconds(10)));
    stall(primary, at(seconds(15)));
    CHECK(ask(backup, "b", at(seconds(21))).decision == ClaimDecision::kGranted);
    // While it is silent, it displaces nobody.
    CHECK(storage().displace_others(primary.key.id, at(seconds(22))).value().empty());
    Claim back = session(primary).claim.value();
    back.stalled_since.reset();
    commit_claim(primary, back);
    const auto cutoffs = storage().displace_others(primary.key.id, at(seconds(23))).value();
    REQUIRE(cutoffs.size() == 1);
    CHECK(cutoffs[0].connection.value == "b");
    CHECK_FALSE(session(backup).claim.has_value());
    CHECK(session(primary).claim->live);
}

TEST_CASE_FIXTURE(SharedPathsCase, "a stop that was decided before a takeover keeps its reason") {
    const auto backup = add_member(20);
    const auto primary = add_member(80);
    const auto stream = go_live(backup, "b");
    const EndCause stop{EndReason::kStopped, ObservedBy::kAdmin};
    storage().begin_stop(stream.id, stop, std::nullopt, at(seconds(20)), make_audit()).value();
    go_live(primary, "p", at(seconds(21)));
    CHECK(storage().displace_others(primary.key.id, at(seconds(22))).value().empty());
    REQUIRE(pending().size() == 1);
    CHECK(pending()[0].cause == stop);
}

TEST_CASE_FIXTURE(SharedPathsCase, "a lower key displaces nothing of a higher one") {
    const auto backup = add_member(20);
    const auto primary = add_member(80);
    go_live(primary, "p", at(seconds(10)));
    stall(primary, at(seconds(15)));
    go_live(backup, "b", at(seconds(30)));
    CHECK(storage().displace_others(backup.key.id, at(seconds(31))).value().empty());
    CHECK(session(primary).claim.has_value());
}

TEST_CASE_FIXTURE(
    SharedPathsCase,
    "between equal priorities the ON_DUPLICATE of the key that has the path decides") {
    const auto first = add_member(50);
    auto second = make_member(50);
    second.key.policies.on_duplicate = OnDuplicate::kReject;
    add(second);
    go_live(first, "a", at(seconds(10)));
    const auto decide_by = [&](OnDuplicate policy, Timestamp now) {
        return ask(second, "b", now, policy).decision;
    };
    CHECK(decide_by(OnDuplicate::kReject, at(seconds(20))) == ClaimDecision::kPathInUse);
    CHECK(decide_by(OnDuplicate::kRejectIfHealthy, at(seconds(20))) == ClaimDecision::kPathInUse);
    stall(first, at(seconds(21)));
    CHECK(decide_by(OnDuplicate::kReject, at(seconds(90))) == ClaimDecision::kPathInUse);
    CHECK(decide_by(OnDuplicate::kRejectIfHealthy, at(seconds(25))) == ClaimDecision::kPathInUse);
    CHECK(decide_by(OnDuplicate::kRejectIfHealthy, at(seconds(26))) == ClaimDecision::kGranted);
    // The other key has a policy of its own.
    for (const auto policy : {OnDuplicate::kRejectIfHealthy, OnDuplicate::kTakeover}) {
        CHECK(ask(first, "c", at(seconds(27)), policy).decision == ClaimDecision::kPathInUse);
    }
    commit_claim(second, std::nullopt);
    Claim back = session(first).claim.value();
    back.stalled_since.reset();
    commit_claim(first, back);
    CHECK(decide_by(OnDuplicate::kTakeover, at(seconds(30))) == ClaimDecision::kGranted);

    // Who was accepted later displaces the other one, and not the reverse.
    Claim live = session(second).claim.value();
    live.live = true;
    commit_claim(second, live);
    commit_stream(second, make_stream(second.key, "b", at(seconds(31))));
    CHECK(storage().displace_others(first.key.id, at(seconds(32))).value().empty());
    const auto cutoffs = storage().displace_others(second.key.id, at(seconds(32))).value();
    REQUIRE(cutoffs.size() == 1);
    CHECK(cutoffs[0].connection.value == "a");
}

TEST_CASE_FIXTURE(SharedPathsCase,
                  "a takeover by an equal key cuts off a connection that was accepted before") {
    const auto first = add_member(50);
    const auto second = add_member(50);
    claim(first, "a", at(seconds(10)));
    CHECK(ask(second, "b", at(seconds(11))).decision == ClaimDecision::kPathInUse);
    CHECK(ask(second, "b", at(seconds(11)), OnDuplicate::kTakeover).decision ==
          ClaimDecision::kGranted);
    CHECK(cut_off() == std::set<std::string>{"a"});
    CHECK_FALSE(session(first).claim.has_value());
}

TEST_CASE_FIXTURE(SharedPathsCase, "a refusal because of the key itself has precedence") {
    const auto primary = add_member(80);
    const auto backup = add_member(20);
    go_live(primary, "p");
    auto request = make_request(backup, "b");
    request.path = "live/elsewhere";
    CHECK(decide(request) == ClaimDecision::kWrongPath);
    CHECK(ask(backup, "p").decision == ClaimDecision::kForeignConnection);
    revoke(backup);
    CHECK(ask(backup, "b").decision == ClaimDecision::kRevoked);
}

TEST_CASE_FIXTURE(SharedPathsCase, "claims of keys of one path are decided in one batch, too") {
    const auto backup = add_member(20);
    const auto primary = add_member(80);
    const auto alone = add_key(owner_);
    const auto outcomes = storage().claim_all(
        {make_request(primary, "p"), make_request(alone, "a"), make_request(backup, "b")},
        kNoHurry);
    REQUIRE(outcomes.size() == 3);
    CHECK(outcomes[0].value().decision == ClaimDecision::kGranted);
    CHECK(outcomes[1].value().decision == ClaimDecision::kGranted);
    CHECK(outcomes[2].value().decision == ClaimDecision::kPathInUse);
    CHECK(outcomes[2].value().holder == primary.key.id);
}

TEST_CASE_FIXTURE(SharedPathsCase, "a priority that a key gets later counts at its next claim") {
    const auto first = make_member(std::nullopt);
    add(first);
    KnownFact old;
    for (const auto& fact : storage().key_facts_after({}, 1'000).value().facts) {
        if (fact.stream_key_id == first.key.id) old = {fact.digest, fact.revision, false, false};
    }
    StreamKeyChange change;
    change.id = first.key.id;
    change.policies.priority = 20;
    REQUIRE(storage().update_stream_key(change, at(seconds(5)), make_audit()));
    const auto primary = add_member(80);
    go_live(primary, "p");
    auto request = make_request(first, "b");
    request.known = old;  // of a server that has not read the change yet
    CHECK(storage().claim(request).value().holder == primary.key.id);
}
