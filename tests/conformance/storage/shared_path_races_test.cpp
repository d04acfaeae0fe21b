// Several keys on one path whose changes and claims come at once.
#include <algorithm>
#include <set>
#include <vector>

#include "conformance/storage/at_once.hpp"
#include "conformance/storage/shared_paths_case.hpp"

using namespace rescuestream;
using namespace rescuestream::testing;

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
