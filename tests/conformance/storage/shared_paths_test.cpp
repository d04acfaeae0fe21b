// Several keys on one path: who may share it, which of them gets it, and what a takeover ends.
#include <algorithm>
#include <latch>
#include <set>
#include <thread>

#include "conformance/storage/storage_case.hpp"
#include "rules/path.hpp"

using namespace rescuestream;
using namespace rescuestream::testing;

namespace {

constexpr const char* kPath = "live/shared";

class SharedPathsCase : public StorageCase {
protected:
    StreamKeyRow make_member(std::optional<std::uint32_t> priority,
                             std::optional<BroadcasterId> owner = std::nullopt) {
        StreamKeyRow row = make_key(owner.value_or(owner_));
        row.key.playback_path = kPath;
        row.key.policies.priority = priority;
        return row;
    }
    StreamKeyRow add_member(std::uint32_t priority) {
        const auto row = make_member(priority);
        add(row);
        return row;
    }

    std::vector<StreamKeyId> members() {
        std::vector<StreamKeyId> ids;
        for (const auto& each : storage().sessions_at_path(kPath).value()) {
            ids.push_back(each.key.id);
        }
        return ids;
    }

    /// The pointer and the code of an error.
    template <class T>
    static std::string pointer_of(const Result<T>& result) {
        if (result || result.error().fields.empty()) return {};
        return result.error().fields.front().pointer;
    }

    Result<KeyChangeOutcome> reset_priority(const StreamKeyRow& row) {
        StreamKeyChange change;
        change.id = row.key.id;
        change.reset = {"priority"};
        return storage().update_stream_key(change, at(seconds(30)), make_audit());
    }
    Result<KeyChangeOutcome> move(const StreamKeyRow& row, const std::string& path) {
        StreamKeyChange change;
        change.id = row.key.id;
        change.playback_path = path;
        return storage().update_stream_key(change, at(seconds(30)), make_audit());
    }
    void revoke(const StreamKeyRow& row) {
        storage().revoke_stream_key(row.key.id, at(seconds(30)), make_audit()).value();
    }

    void stall(const StreamKeyRow& row, Timestamp since) {
        Claim claim = session(row).claim.value();
        claim.stalled_since = since;
        commit_claim(row, claim);
    }

    ClaimOutcome ask(const StreamKeyRow& row, const std::string& connection,
                     Timestamp now = at(seconds(10)),
                     OnDuplicate otherwise = OnDuplicate::kReject) {
        auto request = make_request(row, connection, now);
        request.default_on_duplicate = otherwise;
        return storage().claim(request).value();
    }

    std::set<std::string> cut_off() {
        std::set<std::string> connections;
        for (const auto& cutoff : pending()) connections.insert(cutoff.connection.value);
        return connections;
    }

    const BroadcasterId owner_ = add_broadcaster().id;
};

template <class Work>
void at_once(int callers, Work work) {
    std::latch start(callers);
    std::vector<std::thread> threads;
    for (int caller = 0; caller < callers; ++caller) {
        threads.emplace_back([&, caller] {
            start.arrive_and_wait();
            work(caller);
        });
    }
    for (auto& thread : threads) thread.join();
}

}  // namespace

TEST_CASE_FIXTURE(SharedPathsCase,
                  "keys of one broadcaster share a path if all of them have a priority") {
    const auto backup = add_member(20);
    const auto primary = add_member(80);
    const auto third = add_member(20);
    CHECK(members() == std::vector{primary.key.id, backup.key.id, third.key.id});
    CHECK(storage().find_stream_key(primary.key.id).value() == primary.key);
    StreamKeyFilter filter;
    filter.playback_path = kPath;
    CHECK(storage().list_stream_keys(filter, {}).value().items.size() == 3);
    filter.playback_path = "live/other";
    CHECK(storage().list_stream_keys(filter, {}).value().items.empty());
    // Each has its own facts and sessions.
    claim(primary, "p");
    CHECK(session(primary).claim.has_value());
    CHECK_FALSE(session(backup).claim.has_value());
}

TEST_CASE_FIXTURE(SharedPathsCase, "who may not share a path is told which member forbids it") {
    const auto primary = add_member(80);
    const auto entries = audit_count();
    const auto stranger = add_broadcaster().id;
    const auto refused = [&](const StreamKeyRow& row, const char* pointer) {
        const auto created = storage().create_stream_key(row, make_audit());
        CHECK(code_of(created) == ErrorCode::kConflict);
        CHECK(pointer_of(created) == pointer);
        CHECK(code_of(storage().find_stream_key(row.key.id)) == ErrorCode::kNotFound);
    };
    const auto before = audit_count();
    CHECK(before == entries + 1);  // of the broadcaster
    refused(make_member(20, stranger), "/playback_path");
    refused(make_member(std::nullopt, stranger), "/playback_path");
    refused(make_member(std::nullopt), "/priority");
    CHECK(members() == std::vector{primary.key.id});
    revoke(primary);
    const auto alone = make_member(std::nullopt);
    add(alone);
    const auto newcomer = make_member(20);
    const auto created = storage().create_stream_key(newcomer, make_audit());
    CHECK(code_of(created) == ErrorCode::kConflict);
    CHECK(pointer_of(created) == "/playback_path");
    CHECK(created.error().message.find("no priority") != std::string::npos);
    CHECK(audit_count() == before + 2);  // of the revocation and of the key alone
    CHECK(members() == std::vector{alone.key.id});
}

TEST_CASE_FIXTURE(SharedPathsCase, "a key keeps a priority while it shares its path") {
    const auto primary = add_member(80);
    const auto backup = add_member(20);
    const auto before = storage().find_stream_key(primary.key.id).value();
    for (const auto& row : {primary, backup}) {
        const auto changed = reset_priority(row);
        CHECK(code_of(changed) == ErrorCode::kConflict);
        CHECK(pointer_of(changed) == "/reset");
    }
    CHECK(storage().find_stream_key(primary.key.id).value() == before);
    StreamKeyChange change;
    change.id = backup.key.id;
    change.policies.priority = 90;
    REQUIRE(storage().update_stream_key(change, at(seconds(30)), make_audit()));
    CHECK(members() == std::vector{backup.key.id, primary.key.id});
    revoke(primary);
    REQUIRE(reset_priority(backup));
    // Now it has the path alone.
    CHECK(code_of(storage().create_stream_key(make_member(80), make_audit())) ==
          ErrorCode::kConflict);
}

TEST_CASE_FIXTURE(SharedPathsCase, "a key with a priority keeps its path, and none moves to it") {
    const auto primary = add_member(80);
    const auto backup = add_member(20);
    const auto other = add_key(owner_);
    for (const auto& row : {primary, backup}) {
        CHECK(code_of(move(row, "live/free")) == ErrorCode::kConflict);
    }
    CHECK(code_of(move(other, kPath)) == ErrorCode::kConflict);
    CHECK(members() == std::vector{primary.key.id, backup.key.id});
    revoke(primary);
    CHECK(code_of(move(other, kPath)) == ErrorCode::kConflict);
    CHECK(storage().find_stream_key(other.key.id).value().playback_path == other.key.playback_path);
}

TEST_CASE_FIXTURE(SharedPathsCase,
                  "when one key of a path is revoked, the others have the path as before") {
    const auto primary = add_member(80);
    const auto backup = add_member(20);
    const auto third = add_member(10);
    go_live(backup, "b");
    revoke(primary);  // it was the first one
    CHECK(members() == std::vector{backup.key.id, third.key.id});
    CHECK(session(backup).claim->live);
    CHECK(pending().empty());
    const auto stranger = add_broadcaster().id;
    CHECK(code_of(storage().create_stream_key(make_member(50, stranger), make_audit())) ==
          ErrorCode::kConflict);
    const auto fourth = add_member(90);
    revoke(third);
    CHECK(members() == std::vector{fourth.key.id, backup.key.id});
    revoke(backup);
    CHECK(cut_off() == std::set<std::string>{"b"});
    revoke(fourth);
    CHECK(members().empty());
    add(make_member(std::nullopt, stranger));
}

TEST_CASE_FIXTURE(SharedPathsCase, "a shared path survives rotation, disabling and deletion") {
    const auto primary = add_member(80);
    const auto backup = add_member(20);
    const auto value = make_key(owner_).digest;
    storage()
        .rotate_stream_key({primary.key.id, value, std::nullopt}, at(seconds(20)), make_audit())
        .value();
    StreamKeyRow rotated = primary;
    rotated.digest = value;
    go_live(rotated, "p");
    CHECK(ask(backup, "b").decision == ClaimDecision::kPathInUse);
    StreamKeyChange change;
    change.id = primary.key.id;
    change.disabled = true;
    REQUIRE(storage().update_stream_key(change, at(seconds(30)), make_audit()));
    // Its claim has ended, and it is being cut off.
    CHECK(ask(backup, "b").decision == ClaimDecision::kGranted);
    CHECK(members().size() == 2);
    REQUIRE(storage().delete_broadcaster(owner_, true, at(seconds(40)), make_audit()));
    CHECK(members().empty());
    CHECK(ask(backup, "b").decision == ClaimDecision::kUnknownKey);
    add(make_member(80, add_broadcaster().id));
}

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

TEST_CASE_FIXTURE(SharedPathsCase, "of equal keys that claim at once exactly one gets the path") {
    constexpr int kCallers = 6;
    std::vector<StreamKeyRow> rows;
    for (int i = 0; i < kCallers; ++i) rows.push_back(add_member(50));
    // As of two servers, where the storage permits that.
    const auto second = backend().open();
    const bool is_shared = second->find_stream_key(rows[0].key.id).has_value();
    for (int round = 0; round < 15; ++round) {
        CAPTURE(round);
        std::vector<ClaimDecision> decisions(kCallers);
        std::vector<std::string> errors(kCallers);
        at_once(kCallers, [&](int caller) {
            const auto i = static_cast<std::size_t>(caller);
            Storage& server = is_shared && caller % 2 == 1 ? *second : storage();
            const auto outcome = server.claim(
                make_request(rows[i], std::to_string(round) + " " + std::to_string(caller)));
            if (outcome) decisions[i] = outcome->decision;
            if (!outcome) errors[i] = outcome.error().message + outcome.error().detail;
        });
        for (const auto& error : errors) CHECK(error == "");
        CHECK(std::count(decisions.begin(), decisions.end(), ClaimDecision::kGranted) == 1);
        CHECK(std::count(decisions.begin(), decisions.end(), ClaimDecision::kPathInUse) ==
              kCallers - 1);
        int held = 0;
        for (const auto& row : rows) {
            if (!session(row).claim) continue;
            ++held;
            commit_claim(row, std::nullopt);
        }
        CHECK(held == 1);
    }
}

TEST_CASE_FIXTURE(SharedPathsCase,
                  "of keys that claim at once only the highest keeps a connection that may begin") {
    const auto low = add_member(10);
    const auto middle = add_member(20);
    const auto high = add_member(30);
    const std::vector<StreamKeyRow> rows{low, middle, high};
    for (int round = 0; round < 15; ++round) {
        CAPTURE(round);
        std::vector<bool> granted(rows.size());
        std::mutex mutex;
        at_once(static_cast<int>(rows.size()), [&](int caller) {
            const auto i = static_cast<std::size_t>(caller);
            const auto outcome = storage().claim(
                make_request(rows[i], std::to_string(round) + " " + std::to_string(caller)));
            const std::lock_guard lock(mutex);
            granted[i] = outcome.value().decision == ClaimDecision::kGranted;
        });
        CHECK(granted[2]);
        std::set<std::string> expected;
        for (std::size_t i = 0; i < 2; ++i) {
            CHECK_FALSE(session(rows[i]).claim.has_value());
            if (granted[i]) expected.insert(std::to_string(round) + " " + std::to_string(i));
        }
        CHECK(cut_off() == expected);
        for (const auto& cutoff : pending()) {
            storage().finish_cutoff(cutoff, at(seconds(20)), std::nullopt).value();
        }
        commit_claim(high, std::nullopt);
    }
}

TEST_CASE_FIXTURE(
    SharedPathsCase,
    "keys that join, leave, move and claim at once never get a path against the rules") {
    constexpr int kCallers = 8;
    const auto stranger = add_broadcaster().id;
    for (int round = 0; round < 15; ++round) {
        CAPTURE(round);
        const auto first = add_member(50);
        const auto second = add_member(40);
        const auto mover = add_key(owner_);
        std::vector<StreamKeyRow> made;
        for (int i = 0; i < 3; ++i) made.push_back(make_member(30));
        made.push_back(make_member(30, stranger));
        made.push_back(make_member(std::nullopt));
        std::vector<AuditEntry> audits;
        for (int i = 0; i < kCallers + 3; ++i) audits.push_back(make_audit());
        std::vector<std::string> faults(kCallers + 3);
        const auto note = [&](std::size_t caller, const auto& result) {
            if (!result && result.error().code != ErrorCode::kConflict &&
                result.error().code != ErrorCode::kNotFound) {
                faults[caller] = result.error().message + " " + result.error().detail;
            }
        };
        at_once(kCallers, [&](int caller) {
            const auto i = static_cast<std::size_t>(caller);
            if (i < made.size()) note(i, storage().create_stream_key(made[i], audits[i]));
            if (i == 5) {
                note(i, storage().revoke_stream_key(first.key.id, at(seconds(20)), audits[i]));
            }
            if (i == 6) {
                StreamKeyChange change;
                change.id = mover.key.id;
                change.playback_path = kPath;
                note(i, storage().update_stream_key(change, at(seconds(20)), audits[i]));
                change = {};
                change.id = second.key.id;
                change.reset = {"priority"};
                note(i, storage().update_stream_key(change, at(seconds(20)), audits[i + 2]));
            }
            if (i == 7) {
                for (int turn = 0; turn < 3; ++turn) {
                    note(i, storage().claim(make_request(
                                second, std::to_string(round) + "." + std::to_string(turn))));
                }
                note(i, storage().revoke_stream_key(second.key.id, at(seconds(20)), audits[i]));
            }
        });
        for (const auto& fault : faults) CHECK(fault == "");
        const auto sessions = storage().sessions_at_path(kPath).value();
        std::set<BroadcasterId> owners;
        for (const auto& each : sessions) {
            owners.insert(each.key.broadcaster_id);
            if (sessions.size() > 1) CHECK(each.key.policies.priority.has_value());
        }
        CHECK(owners.size() <= 1);
        // What the list says, a look at the path says too: no key is without an owner of its path.
        StreamKeyFilter filter;
        filter.playback_path = kPath;
        filter.status = StreamKeyStatus::kActive;
        filter.at = at(seconds(30));
        const auto listed = storage().list_stream_keys(filter, {}).value().items;
        CHECK(listed.size() == sessions.size());
        const bool is_free =
            storage().create_stream_key(make_member(1, stranger), make_audit()).has_value();
        CHECK(is_free == (sessions.empty() || *owners.begin() == stranger));
        for (const auto& each : storage().sessions_at_path(kPath).value()) {
            storage().revoke_stream_key(each.key.id, at(seconds(40)), make_audit()).value();
        }
        CHECK(members().empty());
        if (session(mover).key.playback_path != kPath) revoke(mover);
        for (const auto& cutoff : pending()) {
            storage().finish_cutoff(cutoff, at(seconds(41)), std::nullopt).value();
        }
    }
}
