// Several publish requests that are decided in one step.
#include <set>

#include "conformance/storage/storage_case.hpp"

using namespace rescuestream;
using namespace rescuestream::testing;

namespace {

std::vector<ClaimDecision> decisions_of(const std::vector<Result<ClaimOutcome>>& outcomes) {
    std::vector<ClaimDecision> decisions;
    for (const auto& outcome : outcomes) decisions.push_back(outcome.value().decision);
    return decisions;
}

}  // namespace

TEST_CASE_FIXTURE(StorageCase, "claims that are decided together each get their own answer") {
    const auto owner = add_broadcaster().id;
    const auto free = add_key(owner);
    auto expired = make_key(owner);
    expired.key.expires_at = at(seconds(1));
    add(expired);
    auto disabled = make_key(owner);
    disabled.key.disabled = true;
    add(disabled);
    const auto taken = add_key(owner);
    claim(taken, "somebody else");
    const auto elsewhere = add_key(owner);
    const auto also_free = add_key(owner);
    const auto nobodys = make_key(owner);

    auto wrong_path = make_request(elsewhere, "e");
    wrong_path.path = "live/not-its-own";
    const auto outcomes =
        storage().claim_all({make_request(also_free, "a"), make_request(nobodys, "n"),
                             make_request(expired, "x"), wrong_path, make_request(taken, "t"),
                             make_request(free, "f"), make_request(disabled, "d")},
                            kNoHurry);
    CHECK(decisions_of(outcomes) == std::vector{ClaimDecision::kGranted, ClaimDecision::kUnknownKey,
                                                ClaimDecision::kExpired, ClaimDecision::kWrongPath,
                                                ClaimDecision::kInUse, ClaimDecision::kGranted,
                                                ClaimDecision::kDisabled});
    CHECK(outcomes[0].value().stream_key_id == also_free.key.id);
    CHECK(outcomes[4].value().stream_key_id == taken.key.id);
    CHECK(outcomes[5].value().stream_key_id == free.key.id);
    CHECK(session(free).claim->connection == ConnectionId{"f"});
    CHECK(session(also_free).claim->connection == ConnectionId{"a"});
    CHECK(session(taken).claim->connection == ConnectionId{"somebody else"});
    CHECK_FALSE(session(elsewhere).claim.has_value());
}

TEST_CASE_FIXTURE(StorageCase,
                  "a claim by the value from before a rotation is decided in a batch with others") {
    const auto row = add_key();
    const auto other = add_key();
    StreamKeyRotation rotation;
    rotation.id = row.key.id;
    rotation.digest = make_key(row.key.broadcaster_id).digest;
    rotation.overlap_until = at(seconds(100));
    REQUIRE(storage().rotate_stream_key(rotation, at(seconds(1)), make_audit()).has_value());
    const auto outcomes =
        storage().claim_all({make_request(row, "old"), make_request(other, "o")}, kNoHurry);
    CHECK(decisions_of(outcomes) == std::vector{ClaimDecision::kGranted, ClaimDecision::kGranted});
    CHECK(session(row).claim->by_previous_value);
}

TEST_CASE_FIXTURE(StorageCase,
                  "sixty-four claims are decided in one step, and an empty batch succeeds") {
    const auto owner = add_broadcaster().id;
    std::vector<ClaimRequest> requests;
    std::vector<StreamKeyRow> rows;
    for (int i = 0; i < 64; ++i) {
        rows.push_back(add_key(owner));
        requests.push_back(make_request(rows.back(), "connection " + std::to_string(i)));
    }
    const auto outcomes = storage().claim_all(requests, kNoHurry);
    REQUIRE(outcomes.size() == rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i) {
        CHECK(outcomes[i].value() ==
              ClaimOutcome{ClaimDecision::kGranted, rows[i].key.id, std::nullopt});
        CHECK(session(rows[i]).claim->connection == requests[i].claim.connection);
    }
    CHECK(storage().claim_all({}, kNoHurry).empty());
}

TEST_CASE_FIXTURE(StorageCase,
                  "a claim with a text that cannot be stored fails without affecting the others") {
    const auto owner = add_broadcaster().id;
    const auto good = add_key(owner);
    const auto bad = add_key(owner);
    auto broken = make_request(bad, "b");
    broken.claim.user_agent = std::string("half a character \xc3");
    const auto outcomes = storage().claim_all({broken, make_request(good, "g")}, kNoHurry);
    CHECK(outcomes[1].value().decision == ClaimDecision::kGranted);
    if (!outcomes[0]) CHECK(outcomes[0].error().code == ErrorCode::kInvalidArgument);
}
