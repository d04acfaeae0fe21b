// When a connection gets a key that another one holds.
#include "conformance/storage/storage_case.hpp"

using namespace rescuestream;
using namespace rescuestream::testing;

namespace {

/// Two connections and one key: "old" holds it since second 10, live from the start.
class ContestCase : public StorageCase {
public:
    ContestCase() : row_(add_key()) {
        claim(row_, "old", at(seconds(10)));
        set_held([](Claim& held) { held.live = true; });
    }

    template <class Change>
    void set_held(Change change) {
        Claim held = session(row_).claim.value();
        change(held);
        commit_claim(row_, held);
    }

    ClaimRequest newcomer(OnDuplicate policy, Timestamp now) const {
        ClaimRequest request = make_request(row_, "new", now);
        request.default_on_duplicate = policy;
        request.reservation_timeout = milliseconds(30'000);
        request.stale_after = milliseconds(5'000);
        request.same_device_interval = milliseconds(10'000);
        return request;
    }
    ClaimRequest same_device(Timestamp now) const {
        ClaimRequest request = newcomer(OnDuplicate::kRejectIfHealthy, now);
        request.claim.user_agent = make_request(row_, "old").claim.user_agent;
        return request;
    }

    void check_refused(const ClaimRequest& request) {
        const auto before = session(row_);
        const auto outcome = storage().claim(request).value();
        CHECK(outcome == ClaimOutcome{ClaimDecision::kInUse, row_.key.id, std::nullopt});
        CHECK(session(row_) == before);
    }

    /// Checks also that the new connection has the key now, with its own data, and is not live yet.
    void check_taken_over(const ClaimRequest& request) {
        const auto before = session(row_);
        const auto outcome = storage().claim(request).value();
        CHECK(outcome == ClaimOutcome{ClaimDecision::kGranted, row_.key.id, ConnectionId{"old"}});
        const auto after = session(row_);
        Claim expected = request.claim;
        expected.last_takeover_at = before.claim->live ? std::optional(request.claim.claimed_at)
                                                       : before.claim->last_takeover_at;
        CHECK(after.claim == expected);
        CHECK(after.version > before.version);
        CHECK(after.key.last_used_at == request.claim.claimed_at);
        CHECK(after.stream == before.stream);
    }

    StreamKeyRow row_;
};

}  // namespace

TEST_CASE_FIXTURE(ContestCase, "reject: only the end of the old connection frees the key") {
    set_held([](Claim& held) { held.stalled_since = at(seconds(11)); });
    check_refused(newcomer(OnDuplicate::kReject, at(seconds(100'000))));
    auto request = same_device(at(seconds(100'000)));
    request.default_on_duplicate = OnDuplicate::kReject;
    check_refused(request);
}

TEST_CASE_FIXTURE(ContestCase, "takeover: the new connection always gets the key") {
    SUBCASE("from a live connection") {}
    SUBCASE("from a reservation that has not timed out") {
        set_held([](Claim& held) { held.live = false; });
    }
    check_taken_over(newcomer(OnDuplicate::kTakeover, at(seconds(10))));
}

TEST_CASE_FIXTURE(ContestCase, "taking over a reservation keeps the time of the last takeover") {
    set_held([](Claim& held) {
        held.live = false;
        held.last_takeover_at = at(seconds(-50));
    });
    check_taken_over(same_device(at(seconds(11))));
}

TEST_CASE_FIXTURE(ContestCase, "takeover: one takeover may follow another at once") {
    check_taken_over(newcomer(OnDuplicate::kTakeover, at(seconds(11))));
    auto again = newcomer(OnDuplicate::kTakeover, at(seconds(11) + microseconds(1)));
    again.claim.connection = ConnectionId{"newer"};
    CHECK(storage().claim(again).value() ==
          ClaimOutcome{ClaimDecision::kGranted, row_.key.id, ConnectionId{"new"}});
}

TEST_CASE_FIXTURE(ContestCase, "reject_if_healthy: a healthy connection keeps the key") {
    check_refused(newcomer(OnDuplicate::kRejectIfHealthy, at(seconds(100'000))));
}

TEST_CASE_FIXTURE(ContestCase,
                  "reject_if_healthy: a connection that stalled for exactly stale_after is stale") {
    set_held([](Claim& held) { held.stalled_since = at(seconds(20)); });
    check_refused(newcomer(OnDuplicate::kRejectIfHealthy, at(seconds(25) - microseconds(1))));
    check_taken_over(newcomer(OnDuplicate::kRejectIfHealthy, at(seconds(25))));
}

TEST_CASE_FIXTURE(ContestCase, "reject_if_healthy: the same device may reconnect at once") {
    SUBCASE("from a live connection") {}
    SUBCASE("from a reservation that has not timed out") {
        set_held([](Claim& held) { held.live = false; });
    }
    check_taken_over(same_device(at(seconds(10) + microseconds(1))));
}

TEST_CASE_FIXTURE(ContestCase, "reject_if_healthy: a device may reconnect once in an interval") {
    set_held([](Claim& held) { held.last_takeover_at = at(seconds(20)); });
    check_refused(same_device(at(seconds(30) - microseconds(1))));
    check_taken_over(same_device(at(seconds(30))));
}

TEST_CASE_FIXTURE(ContestCase, "reject_if_healthy: a takeover starts the interval until the next") {
    check_taken_over(same_device(at(seconds(20))));
    set_held([](Claim& held) { held.live = true; });
    auto back = same_device(at(seconds(30) - microseconds(1)));
    back.claim.connection = ConnectionId{"third"};
    check_refused(back);
    back.claim.claimed_at = at(seconds(30));
    CHECK(decide(back) == ClaimDecision::kGranted);
}

TEST_CASE_FIXTURE(ContestCase,
                  "reject_if_healthy: a stale connection loses the key within the interval too") {
    set_held([](Claim& held) {
        held.last_takeover_at = at(seconds(20));
        held.stalled_since = at(seconds(20));
    });
    check_taken_over(same_device(at(seconds(25))));
}

TEST_CASE_FIXTURE(ContestCase,
                  "reject_if_healthy: a device is recognised by its address and user agent") {
    auto request = same_device(at(seconds(12)));
    SUBCASE("another address") {
        request.claim.remote_address = "198.51.100.8";
    }
    SUBCASE("another user agent") {
        request.claim.user_agent += " 2";
    }
    SUBCASE("user agents that differ by letter case") {
        request.claim.user_agent = "Device of old";
    }
    SUBCASE("no user agent on either side") {
        set_held([](Claim& held) { held.user_agent.clear(); });
        request.claim.user_agent.clear();
    }
    SUBCASE("no address on either side") {
        set_held([](Claim& held) { held.remote_address.clear(); });
        request.claim.remote_address.clear();
    }
    check_refused(request);
}

TEST_CASE_FIXTURE(ContestCase, "a reservation no longer counts when it is older than its timeout") {
    set_held([](Claim& held) { held.live = false; });
    OnDuplicate policy{};
    SUBCASE("reject") {
        policy = OnDuplicate::kReject;
    }
    SUBCASE("reject_if_healthy") {
        policy = OnDuplicate::kRejectIfHealthy;
    }
    check_refused(newcomer(policy, at(seconds(40))));
    const auto request = newcomer(policy, at(seconds(40) + microseconds(1)));
    CHECK(decide(request) == ClaimDecision::kGranted);
    CHECK(session(row_).claim == request.claim);
}

TEST_CASE_FIXTURE(ContestCase,
                  "a live connection does not time out as a reservation, however old") {
    check_refused(newcomer(OnDuplicate::kReject, at(seconds(100'000))));
    check_refused(newcomer(OnDuplicate::kRejectIfHealthy, at(seconds(100'000))));
}

TEST_CASE_FIXTURE(StorageCase,
                  "a key's own policy on duplicates takes precedence over the default") {
    auto row = make_key(add_broadcaster().id);
    row.key.policies.on_duplicate = OnDuplicate::kReject;
    auto fallback = OnDuplicate::kTakeover;
    auto expected = ClaimDecision::kInUse;
    SUBCASE("reject over takeover") {}
    SUBCASE("takeover over reject") {
        row.key.policies.on_duplicate = OnDuplicate::kTakeover;
        fallback = OnDuplicate::kReject;
        expected = ClaimDecision::kGranted;
    }
    SUBCASE("reject_if_healthy over takeover") {
        row.key.policies.on_duplicate = OnDuplicate::kRejectIfHealthy;
    }
    add(row);
    claim(row, "a");
    auto request = make_request(row, "b", at(seconds(11)));
    request.default_on_duplicate = fallback;
    CHECK(decide(request) == expected);
}

TEST_CASE_FIXTURE(StorageCase, "the limits of a claim are taken from the request") {
    const auto row = add_key();
    claim(row, "a", at(seconds(10)));
    auto request = make_request(row, "b", at(seconds(12)));
    request.reservation_timeout = milliseconds(2'001);
    CHECK(decide(request) == ClaimDecision::kInUse);
    request.reservation_timeout = milliseconds(1'999);
    CHECK(decide(request) == ClaimDecision::kGranted);
}

TEST_CASE_FIXTURE(StorageCase,
                  "a key is not taken over while eight displaced connections are not removed") {
    const auto row = add_key();
    const auto ask = [&](int number, const std::string& node) {
        ClaimRequest request = make_request(row, "c" + std::to_string(number), at(seconds(10)));
        request.claim.node = node;
        request.default_on_duplicate = OnDuplicate::kTakeover;
        request.reservation_timeout = milliseconds(30'000);
        return storage().claim(request).value().decision;
    };
    const std::string node = make_request(row, "c").claim.node;
    for (int number = 0; number <= 8; ++number) {
        CAPTURE(number);
        CHECK(ask(number, node) == ClaimDecision::kGranted);
    }
    REQUIRE(pending(node).size() == 8);
    CHECK(ask(9, node) == ClaimDecision::kInUse);
    CHECK(ask(8, node) == ClaimDecision::kGranted);  // has the key already
    CHECK(pending(node).size() == 8);

    storage().finish_cutoff(pending(node).front(), at(seconds(11)), std::nullopt).value();
    CHECK(ask(9, node) == ClaimDecision::kGranted);
    CHECK(ask(10, node) == ClaimDecision::kInUse);
    // The limit applies to each node.
    CHECK(ask(10, "another") == ClaimDecision::kGranted);
}

TEST_CASE_FIXTURE(ContestCase,
                  "a program judges the claim that another program granted like one of its own") {
    if (!backend().is_persistent()) return;
    reopen();  // as another program
    check_refused(newcomer(OnDuplicate::kReject, at(seconds(20))));
    reopen();
    auto again = newcomer(OnDuplicate::kReject, at(seconds(21)));
    again.claim.connection = ConnectionId{"old"};
    CHECK(storage().claim(again).value() ==
          ClaimOutcome{ClaimDecision::kGranted, row_.key.id, std::nullopt});
    CHECK(session(row_).claim->live);
    reopen();
    check_taken_over(newcomer(OnDuplicate::kTakeover, at(seconds(22))));
}

TEST_CASE_FIXTURE(ContestCase, "a key whose claim another program has ended is granted") {
    if (!backend().is_persistent()) return;
    commit_claim(row_, std::nullopt);
    reopen();  // as another program
    claim(row_, "new", at(seconds(20)));
    const auto expected = make_request(row_, "new", at(seconds(20))).claim;
    CHECK(session(row_).claim == expected);
    // Without a trace of the connection that had the key before.
    CHECK(pending().empty());
}
