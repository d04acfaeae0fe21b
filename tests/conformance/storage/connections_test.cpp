// A connection belongs to one key only.
#include "conformance/storage/storage_case.hpp"

using namespace rescuestream;
using namespace rescuestream::testing;

namespace {

struct ConnectionsCase : StorageCase {
    BroadcasterId owner = add_broadcaster().id;
    StreamKeyRow theirs = add_key(owner);
    StreamKeyRow mine = add_key(owner);
};

}  // namespace

TEST_CASE_FIXTURE(ConnectionsCase, "a connection that has another key reserved is refused") {
    claim(theirs, "c1");
    const auto outcome = storage().claim(make_request(mine, "c1", at(seconds(11)))).value();
    CHECK(outcome.decision == ClaimDecision::kForeignConnection);
    CHECK(outcome.stream_key_id == mine.key.id);
    CHECK_FALSE(session(mine).claim.has_value());
    CHECK(session(theirs).claim->connection == ConnectionId{"c1"});
    claim(theirs, "c1", at(seconds(12)));  // the key that has the connection may be claimed again
    claim(mine, "c2", at(seconds(12)));
}

TEST_CASE_FIXTURE(ConnectionsCase,
                  "a connection that delivers another key's stream is refused, by every program") {
    go_live(theirs, "c1");
    CHECK(decide(make_request(mine, "c1", at(seconds(3'600)))) ==
          ClaimDecision::kForeignConnection);
    if (!backend().is_persistent()) return;
    reopen();  // as another program
    CHECK(decide(make_request(mine, "c1", at(seconds(3'600)))) ==
          ClaimDecision::kForeignConnection);
    const auto together =
        storage().claim_all({make_request(mine, "c1", at(seconds(3'600))),
                             make_request(add_key(owner), "c3", at(seconds(3'600)))},
                            kNoHurry);
    CHECK(together[0].value().decision == ClaimDecision::kForeignConnection);
    CHECK(together[1].value().decision == ClaimDecision::kGranted);
}

TEST_CASE_FIXTURE(
    ConnectionsCase,
    "a key that may not publish is refused for its own reason, whatever the connection") {
    claim(theirs, "c1");
    storage().revoke_stream_key(mine.key.id, at(seconds(11)), make_audit()).value();
    CHECK(decide(make_request(mine, "c1", at(seconds(12)))) == ClaimDecision::kRevoked);
    auto request = make_request(add_key(owner), "c1", at(seconds(12)));
    request.path = "live/elsewhere";
    CHECK(decide(request) == ClaimDecision::kWrongPath);
    CHECK(decide(make_request(make_key(owner), "c1", at(seconds(12)))) ==
          ClaimDecision::kUnknownKey);
}

TEST_CASE_FIXTURE(ConnectionsCase,
                  "when one batch claims two keys for one connection, one is granted") {
    for (int round = 0; round < 5; ++round) {
        const auto first = add_key(owner);
        const auto second = add_key(owner);
        const std::string connection = "round " + std::to_string(round);
        const auto outcomes = storage().claim_all(
            {make_request(first, connection), make_request(second, connection)}, kNoHurry);
        const bool first_won = outcomes[0].value().decision == ClaimDecision::kGranted;
        CHECK(outcomes[first_won ? 0 : 1].value().decision == ClaimDecision::kGranted);
        CHECK(outcomes[first_won ? 1 : 0].value().decision == ClaimDecision::kForeignConnection);
        CHECK(session(first).claim.has_value() == first_won);
        CHECK(session(second).claim.has_value() == !first_won);
    }
}

TEST_CASE_FIXTURE(ConnectionsCase, "a reservation that timed out frees its connection") {
    claim(theirs, "c1");
    CHECK(decide(make_request(mine, "c1", at(seconds(10 + 31)))) == ClaimDecision::kGranted);
}

TEST_CASE_FIXTURE(ConnectionsCase, "a key that loses its claim frees its connection") {
    claim(theirs, "c1");
    commit_claim(theirs, std::nullopt);
    CHECK(decide(make_request(mine, "c1", at(seconds(11)))) == ClaimDecision::kGranted);
    CHECK(decide(make_request(theirs, "c1", at(seconds(12)))) == ClaimDecision::kForeignConnection);
}

TEST_CASE_FIXTURE(ConnectionsCase, "a refused claim does not bind its connection") {
    claim(theirs, "c1");
    CHECK(decide(make_request(theirs, "c2", at(seconds(11)))) == ClaimDecision::kInUse);
    CHECK(decide(make_request(mine, "c2", at(seconds(12)))) == ClaimDecision::kGranted);
}

TEST_CASE_FIXTURE(ConnectionsCase, "a storage answers whether another key has a connection") {
    const auto elsewhere = [&](const StreamKeyRow& row) {
        return storage().is_claimed_elsewhere(ConnectionId{"c1"}, row.key.id).value();
    };
    CHECK_FALSE(elsewhere(mine));
    claim(theirs, "c1");
    CHECK(elsewhere(mine));
    CHECK_FALSE(elsewhere(theirs));
}
