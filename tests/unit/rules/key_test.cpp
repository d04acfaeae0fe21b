// Tests whether a key may be used, for every combination of the rule's inputs.
#include "rules/key.hpp"

#include <doctest/doctest.h>

#include <array>

namespace key_test {

using namespace rescuestream;
using namespace rescuestream::rules;
using std::chrono::microseconds;
using std::chrono::seconds;

namespace {

const Timestamp kNow{seconds(1'000'000)};
const microseconds kInstant{1};

KeyDigest digest(std::uint8_t byte) {
    KeyDigest digest{};
    digest.fill(byte);
    return digest;
}

// No limit, one in the past, one at this time, and one in the future.
const std::array<std::optional<Timestamp>, 4> kLimits{std::nullopt, kNow - kInstant, kNow,
                                                      kNow + kInstant};
bool is_reached(const std::optional<Timestamp>& limit) {
    return limit && *limit <= kNow;
}

/// Calls `check` for each combination of terms.
template <class Check>
void for_each_cell(Check check) {
    KeyTerms terms;
    for (const bool revoked : {false, true}) {
        for (const auto& value_expires_at : kLimits) {
            for (const auto& expires_at : kLimits) {
                for (const bool disabled : {false, true}) {
                    for (const auto& blocked_until : kLimits) {
                        for (const bool own_path : {false, true}) {
                            check(KeyTerms{revoked, value_expires_at, expires_at, disabled,
                                           blocked_until, own_path});
                        }
                    }
                }
            }
        }
    }
}

KeyFact usable_fact() {
    KeyFact fact;
    fact.digest = digest(1);
    fact.playback_path = "live/a";
    return fact;
}

ClaimDecision judge(const KeyFact& fact, std::uint8_t value = 1,
                    const std::optional<std::string>& path = "live/a") {
    return judge_key(fact, digest(value), path, kNow);
}

}  // namespace

TEST_CASE("a key is refused for the first reason that holds, and granted if none does") {
    int cells = 0;
    for_each_cell([&](const KeyTerms& terms) {
        ++cells;
        ClaimDecision expected = ClaimDecision::kGranted;
        if (!terms.is_own_path) expected = ClaimDecision::kWrongPath;
        if (terms.blocked_until && !is_reached(terms.blocked_until)) {
            expected = ClaimDecision::kBlocked;
        }
        if (terms.is_disabled) expected = ClaimDecision::kDisabled;
        if (is_reached(terms.expires_at) || is_reached(terms.value_expires_at)) {
            expected = ClaimDecision::kExpired;
        }
        if (terms.is_revoked) expected = ClaimDecision::kRevoked;
        CHECK(judge_key(terms, kNow) == expected);
    });
    CHECK(cells == 2 * 4 * 4 * 2 * 4 * 2);
}

TEST_CASE("a key that is refused permanently is never granted later") {
    for_each_cell([](const KeyTerms& terms) {
        if (!terms.is_revoked && !is_reached(terms.expires_at)) return;
        for (int later = 0; later < 3; ++later) {
            CHECK(judge_key(terms, kNow + seconds(later)) == judge_key(terms, kNow));
        }
    });
}

TEST_CASE("a fact judges only the values of its key") {
    KeyFact fact = usable_fact();
    CHECK(judge(fact) == ClaimDecision::kGranted);
    CHECK(judge(fact, 2) == ClaimDecision::kUnknownKey);
    fact.previous_digest = digest(2);
    fact.previous_expires_at = kNow + kInstant;
    CHECK(judge(fact) == ClaimDecision::kGranted);
    CHECK(judge(fact, 2) == ClaimDecision::kGranted);
    CHECK(judge(fact, 3) == ClaimDecision::kUnknownKey);
    fact.previous_expires_at = kNow;
    CHECK(judge(fact) == ClaimDecision::kGranted);
    CHECK(judge(fact, 2) == ClaimDecision::kExpired);
    fact.revoked_at = kNow;
    CHECK(judge(fact, 2) == ClaimDecision::kRevoked);
    fact.deleted = true;
    CHECK(judge(fact) == ClaimDecision::kUnknownKey);
    CHECK(judge(fact, 2) == ClaimDecision::kUnknownKey);
}

TEST_CASE("a previous value without an end of its overlap is invalid") {
    KeyFact fact = usable_fact();
    fact.previous_digest = digest(2);
    CHECK(judge(fact, 2) == ClaimDecision::kExpired);
}

TEST_CASE("each member of a fact is considered by the rule") {
    KeyFact fact = usable_fact();
    SUBCASE("revoked") {
        fact.revoked_at = kNow + seconds(9);  // whatever its time
        CHECK(judge(fact) == ClaimDecision::kRevoked);
    }
    SUBCASE("expired") {
        fact.expires_at = kNow;
        CHECK(judge(fact) == ClaimDecision::kExpired);
    }
    SUBCASE("disabled") {
        fact.disabled = true;
        CHECK(judge(fact) == ClaimDecision::kDisabled);
    }
    SUBCASE("blocked") {
        fact.blocked_until = kNow + kInstant;
        CHECK(judge(fact) == ClaimDecision::kBlocked);
    }
    SUBCASE("path") {
        CHECK(judge(fact, 1, "live/b") == ClaimDecision::kWrongPath);
        CHECK(judge(fact, 1, "") == ClaimDecision::kWrongPath);
        CHECK(judge(fact, 1, std::nullopt) == ClaimDecision::kGranted);
    }
}

TEST_CASE("a value that is also the present one is not judged as the previous one") {
    KeyFact fact = usable_fact();
    CHECK_FALSE(is_previous_value(fact, digest(1)));
    fact.previous_digest = digest(2);
    CHECK(is_previous_value(fact, digest(2)));
    CHECK_FALSE(is_previous_value(fact, digest(1)));
    fact.previous_digest = digest(1);
    CHECK_FALSE(is_previous_value(fact, digest(1)));
}

TEST_CASE("the status of a key's record agrees with the rule, apart from block and path") {
    for_each_cell([](const KeyTerms& terms) {
        if (terms.value_expires_at || !terms.is_own_path) return;
        StreamKey key;
        if (terms.is_revoked) key.revoked_at = kNow;
        key.expires_at = terms.expires_at;
        key.blocked_until = terms.blocked_until;
        for (const bool of_broadcaster : {false, true}) {
            key.disabled = terms.is_disabled && !of_broadcaster;
            key.broadcaster_disabled = terms.is_disabled && of_broadcaster;
            const auto decision = judge_key(terms, kNow);
            const bool may_stay =
                decision == ClaimDecision::kGranted || decision == ClaimDecision::kBlocked;
            CHECK(key.is_usable_at(kNow) == may_stay);
            CHECK((key.status_at(kNow) == StreamKeyStatus::kRevoked) ==
                  (decision == ClaimDecision::kRevoked));
            CHECK((key.status_at(kNow) == StreamKeyStatus::kExpired) ==
                  (decision == ClaimDecision::kExpired));
        }
    });
}

}  // namespace key_test
