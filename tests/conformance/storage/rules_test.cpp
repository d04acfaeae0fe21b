// Every storage decides publish requests as the rules do, for every combination of the inputs.
#include <map>

#include "conformance/storage/storage_case.hpp"
#include "rules/claim.hpp"
#include "rules/cutoff.hpp"
#include "rules/key.hpp"
#include "support/claim_cells.hpp"

using namespace rescuestream;
using namespace rescuestream::testing;

namespace {

const auto kAsked = StorageCase::at(seconds(100));

struct RulesCase : StorageCase {
    /// The newest fact of a key.
    KeyFact fact(const StreamKeyRow& row) {
        std::string place;
        while (true) {
            const auto piece = storage().key_facts_after(place, 1'000).value();
            for (const auto& found : piece.facts) {
                if (found.stream_key_id == row.key.id) return found;
            }
            REQUIRE_FALSE(piece.complete);
            place = piece.next;
        }
    }

    /// The fact that a server that follows the keys knows.
    KnownFact known(const StreamKeyRow& row, const KeyDigest& value) {
        const KeyFact newest = fact(row);
        return {newest.digest, newest.revision, rules::is_previous_value(newest, value)};
    }

    ClaimRequest request(const StreamKeyRow& row, const KeyDigest& value,
                         const std::optional<std::string>& path) {
        // Each connection uses one value.
        const std::string connection = (value == row.digest ? "first of " : "second of ");
        ClaimRequest request = make_request(row, connection + row.key.id.to_string(), kAsked);
        request.digest = value;
        request.path = path;
        return request;
    }
};

}  // namespace

TEST_CASE_FIXTURE(RulesCase,
                  "each storage judges each value of each kind of key as the rule does") {
    enum class Block { kNone, kOver, kHolds };
    int granted = 0;
    int refused = 0;
    for (const bool revoked : {false, true}) {
        for (const auto expires_at : {seconds(0), seconds(100), seconds(101)}) {
            for (const int disabled : {0, 1, 2}) {
                for (const auto block : {Block::kNone, Block::kOver, Block::kHolds}) {
                    for (const auto overlap : {seconds(0), seconds(100), seconds(101)}) {
                        const auto owner = add_broadcaster().id;
                        auto row = make_key(owner);
                        row.key.disabled = disabled == 1;
                        if (expires_at > seconds(0)) row.key.expires_at = at(expires_at);
                        add(row);
                        if (block != Block::kNone) {
                            // A stop sets the block.
                            const auto stream = make_stream(row.key, "stopped");
                            commit_stream(row, stream);
                            const auto until = at(seconds(block == Block::kOver ? 100 : 101));
                            const auto cutoffs =
                                storage()
                                    .begin_stop(stream.id, {}, until, at(seconds(2)), make_audit())
                                    .value();
                            storage().finish_cutoff(cutoffs.at(0), at(seconds(3)), {}).value();
                        }
                        std::vector<KeyDigest> values{row.digest};
                        if (overlap > seconds(0)) {
                            values.push_back(make_key(owner).digest);
                            storage()
                                .rotate_stream_key({row.key.id, values.back(), at(overlap)},
                                                   at(seconds(4)), make_audit())
                                .value();
                        }
                        if (disabled == 2) {
                            storage()
                                .set_broadcaster_disabled(owner, true, at(seconds(5)), make_audit())
                                .value();
                        }
                        if (revoked) {
                            storage()
                                .revoke_stream_key(row.key.id, at(seconds(6)), make_audit())
                                .value();
                        }
                        const KeyFact newest = fact(row);
                        for (const auto& value : values) {
                            commit_claim(row, std::nullopt);
                            for (const auto& path :
                                 {std::optional<std::string>(),
                                  std::optional(row.key.playback_path),
                                  std::optional<std::string>("live/elsewhere")}) {
                                const auto expected = rules::judge_key(newest, value, path, kAsked);
                                CAPTURE(to_string(expected));
                                const ClaimOutcome outcome{expected, row.key.id, std::nullopt};
                                CHECK(storage().check_key(value, path, kAsked).value() == outcome);
                                CHECK(storage().claim(request(row, value, path)).value() ==
                                      outcome);
                                ++(expected == ClaimDecision::kGranted ? granted : refused);
                            }
                        }
                    }
                }
            }
        }
    }
    CHECK(granted > 20);
    CHECK(refused > 300);
}

TEST_CASE_FIXTURE(RulesCase, "each storage decides who gets a key as the rule does") {
    std::map<std::optional<OnDuplicate>, StreamKeyRow> rows;
    const auto owner = add_broadcaster().id;
    for (const auto policy :
         {std::optional<OnDuplicate>(), std::optional(OnDuplicate::kReject),
          std::optional(OnDuplicate::kRejectIfHealthy), std::optional(OnDuplicate::kTakeover)}) {
        auto row = make_key(owner);
        row.key.policies.on_duplicate = policy;
        add(row);
        rows.emplace(policy, row);
    }
    int granted = 0;
    int refused = 0;
    int cut_off = 0;
    bool with_known = false;
    for (auto& cell : claim_cells(kAsked)) {
        CAPTURE(cell.name);
        const StreamKeyRow& row = rows.at(cell.policies.on_duplicate);
        cell.request.digest = row.digest;
        cell.request.path = row.key.playback_path;
        // Each connection belongs to one key, as those of media servers do.
        const std::string suffix = " of " + row.key.id.to_string();
        cell.request.claim.connection.value += suffix;
        if (cell.held) cell.held->connection.value += suffix;
        // Alternately with and without the fact that a server knows of the key.
        with_known = !with_known;
        if (with_known) cell.request.known = known(row, row.digest);
        commit_claim(row, cell.held);
        const auto before = session(row);
        REQUIRE(before.claim == cell.held);
        const auto expected = rules::judge_claim(cell.held, cell.request, cell.policies, false, 0);
        const auto outcome = storage().claim(cell.request).value();
        CHECK(outcome ==
              ClaimOutcome{expected.granted ? ClaimDecision::kGranted : ClaimDecision::kInUse,
                           row.key.id, expected.replaced});
        const auto after = session(row);
        const auto cutoff =
            expected.granted
                ? rules::cutoff_of_replaced(before, {row.digest, std::nullopt}, expected.claim)
                : std::nullopt;
        std::vector<Cutoff> written;
        if (cell.held) written = pending(cell.held->node);
        CHECK(written == (cutoff ? std::vector{*cutoff} : std::vector<Cutoff>{}));
        if (cutoff) {
            storage().finish_cutoff(*cutoff, kAsked, std::nullopt).value();
            ++cut_off;
        }
        if (expected.granted) {
            CHECK(after.claim == expected.claim);
            CHECK(after.version > before.version);
            CHECK(after.key.last_used_at == kAsked);
        } else {
            CHECK(after == before);
        }
        ++(expected.granted ? granted : refused);
    }
    CHECK(granted > 300);
    CHECK(refused > 300);
    CHECK(cut_off > 30);
}

TEST_CASE_FIXTURE(RulesCase,
                  "a fact that is not the newest any more is not used for the decision") {
    const auto row = add_key();
    const auto id = row.key.id;
    auto asked = request(row, row.digest, row.key.playback_path);
    asked.known = known(row, row.digest);
    auto expected = ClaimDecision::kGranted;
    SUBCASE("nothing has changed") {}
    SUBCASE("revoked since then") {
        storage().revoke_stream_key(id, at(seconds(50)), make_audit()).value();
        expected = ClaimDecision::kRevoked;
    }
    SUBCASE("disabled since then") {
        StreamKeyChange change;
        change.id = id;
        change.disabled = true;
        storage().update_stream_key(change, at(seconds(50)), make_audit()).value();
        expected = ClaimDecision::kDisabled;
    }
    SUBCASE("its broadcaster disabled since then") {
        storage()
            .set_broadcaster_disabled(row.key.broadcaster_id, true, at(seconds(50)), make_audit())
            .value();
        expected = ClaimDecision::kDisabled;
    }
    SUBCASE("expired since then") {
        StreamKeyChange change;
        change.id = id;
        change.expires_at = at(seconds(60));
        storage().update_stream_key(change, at(seconds(50)), make_audit()).value();
        expected = ClaimDecision::kExpired;
    }
    SUBCASE("blocked since then") {
        const auto stream = make_stream(row.key, "stopped");
        commit_stream(row, stream);
        storage().begin_stop(stream.id, {}, at(seconds(200)), at(seconds(2)), make_audit()).value();
        expected = ClaimDecision::kBlocked;
    }
    SUBCASE("its value rotated without an overlap since then") {
        storage()
            .rotate_stream_key({id, make_key(row.key.broadcaster_id).digest, std::nullopt},
                               at(seconds(50)), make_audit())
            .value();
        expected = ClaimDecision::kUnknownKey;
    }
    SUBCASE("its value rotated since then, with an overlap") {
        storage()
            .rotate_stream_key({id, make_key(row.key.broadcaster_id).digest, at(seconds(200))},
                               at(seconds(50)), make_audit())
            .value();
    }
    SUBCASE("deleted since then") {
        storage()
            .delete_broadcaster(row.key.broadcaster_id, true, at(seconds(50)), make_audit())
            .value();
        expected = ClaimDecision::kUnknownKey;
    }
    SUBCASE("disabled and enabled since then") {
        StreamKeyChange change;
        change.id = id;
        for (const bool disabled : {true, false}) {
            change.disabled = disabled;
            storage().update_stream_key(change, at(seconds(50)), make_audit()).value();
        }
    }
    CHECK(decide(asked) == expected);
}

TEST_CASE_FIXTURE(RulesCase, "a known fact is used for the value from before a rotation too") {
    const auto row = add_key();
    const auto second = make_key(row.key.broadcaster_id).digest;
    storage()
        .rotate_stream_key({row.key.id, second, at(seconds(200))}, at(seconds(1)), make_audit())
        .value();
    auto asked = request(row, row.digest, row.key.playback_path);
    asked.known = known(row, row.digest);
    CHECK(asked.known->by_previous_value);
    CHECK(asked.known->digest == second);
    CHECK(decide(asked) == ClaimDecision::kGranted);
    CHECK(session(row).claim->by_previous_value);
}
