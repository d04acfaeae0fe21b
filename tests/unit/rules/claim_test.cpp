// Tests whether a connection may have a key, for every combination of the rule's inputs.
#include "rules/claim.hpp"

#include <doctest/doctest.h>

#include "support/claim_cells.hpp"

namespace claim_test {

using namespace rescuestream;
using namespace rescuestream::rules;
using namespace rescuestream::testing;
using std::chrono::microseconds;
using std::chrono::seconds;

namespace {

const Timestamp kNow{seconds(1'000'000)};

ClaimStep judge(const ClaimCell& cell, bool by_previous_value = false, std::size_t unremoved = 0) {
    return judge_claim(cell.held, cell.request, cell.policies, by_previous_value, unremoved);
}

bool is_own(const ClaimCell& cell) {
    return cell.held && cell.held->connection == cell.request.claim.connection;
}

bool is_free(const ClaimCell& cell) {
    return !cell.held ||
           (!cell.held->live &&
            kNow - cell.held->claimed_at >= cell.request.reservation_timeout + microseconds(1));
}

// The expected answer, written independently of the rule.
bool yields(const ClaimCell& cell) {
    const Claim& held = *cell.held;
    const Claim& wanted = cell.request.claim;
    const bool is_stale =
        held.stalled_since && *held.stalled_since + cell.request.stale_after <= kNow;
    const bool is_same = held.remote_address == wanted.remote_address &&
                         held.user_agent == wanted.user_agent && !wanted.user_agent.empty();
    const bool is_calm = !held.last_takeover_at ||
                         *held.last_takeover_at + cell.request.same_device_interval <= kNow;
    return is_stale || (is_same && is_calm);
}

}  // namespace

TEST_CASE("a key is granted if it is free, or if the policy lets the request replace its claim") {
    int granted = 0;
    const auto cells = claim_cells(kNow);
    for (const auto& cell : cells) {
        CAPTURE(cell.name);
        const auto policy = cell.policies.on_duplicate.value_or(cell.request.default_on_duplicate);
        const bool expected = is_own(cell) || is_free(cell) || policy == OnDuplicate::kTakeover ||
                              (policy == OnDuplicate::kRejectIfHealthy && yields(cell));
        CHECK(judge(cell).granted == expected);
        granted += expected ? 1 : 0;
    }
    CHECK(cells.size() == 31 * 4 * 2 * 3 * 2);
    CHECK(granted > 100);
    CHECK(cells.size() - static_cast<std::size_t>(granted) > 100);
}

TEST_CASE("no claim is displaced while too many displaced connections are not removed yet") {
    int displaced = 0;
    for (const auto& cell : claim_cells(kNow)) {
        CAPTURE(cell.name);
        const auto usual = judge(cell);
        CHECK(judge(cell, false, kMostUnremoved - 1) == usual);
        const bool displaces = usual.granted && usual.replaced;
        CHECK(judge(cell, false, kMostUnremoved) == (displaces ? ClaimStep{} : usual));
        displaced += displaces ? 1 : 0;
    }
    CHECK(displaced > 100);
}

TEST_CASE("a refusal changes nothing, and a grant gives the key to the connection of the request") {
    for (const auto& cell : claim_cells(kNow)) {
        CAPTURE(cell.name);
        const auto step = judge(cell, true);
        if (!step.granted) {
            CHECK(step == ClaimStep{});
            continue;
        }
        REQUIRE(step.claim);
        CHECK(step.claim->connection == cell.request.claim.connection);
        if (is_own(cell)) {
            CHECK(step.claim == cell.held);
            CHECK_FALSE(step.replaced);
            continue;
        }
        CHECK_FALSE(step.claim->live);
        CHECK_FALSE(step.claim->stalled_since);
        CHECK(step.claim->claimed_at == kNow);
        CHECK(step.claim->by_previous_value);
        CHECK(step.replaced.has_value() == !is_free(cell));
        if (step.replaced) CHECK(*step.replaced == cell.held->connection);
        const auto before = cell.held ? cell.held->last_takeover_at : std::nullopt;
        const bool took_live = step.replaced && cell.held->live;
        CHECK(step.claim->last_takeover_at == (took_live ? std::optional(kNow) : before));
    }
}

TEST_CASE("members of a claim that a new connection cannot know are ignored") {
    for (auto cell : claim_cells(kNow)) {
        if (is_own(cell)) continue;
        const auto expected = judge(cell);
        cell.request.claim.live = true;
        cell.request.claim.stalled_since = kNow;
        cell.request.claim.last_takeover_at = kNow;
        cell.request.claim.by_previous_value = true;
        CHECK(judge(cell) == expected);
    }
}

TEST_CASE("a connection belongs to another key by its claim or as the source of its stream") {
    ClaimRequest request;
    request.claim.connection = ConnectionId{"a"};
    request.claim.claimed_at = kNow;
    request.reservation_timeout = seconds(30);
    Claim claim;
    claim.connection = ConnectionId{"a"};
    claim.claimed_at = kNow - seconds(30);
    CHECK_FALSE(has_connection(std::nullopt, std::nullopt, request));
    CHECK(has_connection(std::nullopt, ConnectionId{"a"}, request));
    CHECK_FALSE(has_connection(std::nullopt, ConnectionId{"b"}, request));
    CHECK(has_connection(claim, std::nullopt, request));
    claim.claimed_at -= microseconds(1);  // the reservation has timed out
    CHECK_FALSE(has_connection(claim, std::nullopt, request));
    CHECK(has_connection(claim, ConnectionId{"a"}, request));
    claim.live = true;
    CHECK(has_connection(claim, std::nullopt, request));
    claim.connection = ConnectionId{"b"};
    CHECK_FALSE(has_connection(claim, std::nullopt, request));
}

}  // namespace claim_test
