#include "orchestrator/key_index.hpp"

#include <doctest/doctest.h>

#include <random>

#include "rescuestream/random_source.hpp"
#include "support/make_uuid.hpp"

using namespace rescuestream;

namespace {

Timestamp at(int second) {
    return Timestamp(std::chrono::seconds(1'700'000'000 + second));
}

KeyDigest random_digest() {
    KeyDigest digest{};
    system_random().fill(digest);
    return digest;
}

KeyFact make_fact() {
    KeyFact fact;
    fact.stream_key_id = StreamKeyId(make_uuid(at(0), system_random()));
    fact.digest = random_digest();
    fact.playback_path = "live/a";
    return fact;
}

ClaimDecision decide(const KeyIndex& index, const KeyDigest& digest, int when = 0,
                     std::optional<std::string> path = "live/a") {
    return index.judge(digest, path, at(when)).decision;
}

}  // namespace

TEST_CASE("a key is judged by its fact") {
    KeyIndex index;
    KeyFact fact = make_fact();
    CHECK(decide(index, fact.digest) == ClaimDecision::kUnknownKey);
    index.apply({fact});
    CHECK(index.judge(fact.digest, "live/a", at(0)) ==
          ClaimOutcome{ClaimDecision::kGranted, fact.stream_key_id, std::nullopt});
    CHECK(decide(index, fact.digest, 0, std::nullopt) == ClaimDecision::kGranted);
    CHECK(decide(index, fact.digest, 0, "live/b") == ClaimDecision::kWrongPath);
    CHECK(decide(index, random_digest()) == ClaimDecision::kUnknownKey);

    fact.blocked_until = at(10);
    index.apply({fact});
    CHECK(decide(index, fact.digest, 9) == ClaimDecision::kBlocked);
    CHECK(decide(index, fact.digest, 10) == ClaimDecision::kGranted);
    fact.disabled = true;
    index.apply({fact});
    CHECK(decide(index, fact.digest, 9) == ClaimDecision::kDisabled);
    fact.expires_at = at(5);
    index.apply({fact});
    CHECK(decide(index, fact.digest, 4) == ClaimDecision::kDisabled);
    CHECK(decide(index, fact.digest, 5) == ClaimDecision::kExpired);
    fact.revoked_at = at(3);
    index.apply({fact});
    CHECK(decide(index, fact.digest, 9) == ClaimDecision::kRevoked);
    fact.deleted = true;
    index.apply({fact});
    CHECK(decide(index, fact.digest, 9) == ClaimDecision::kUnknownKey);
    CHECK(index.size() == 0);
}

TEST_CASE("after a rotation the previous value is judged until it expires, and older ones never") {
    KeyIndex index;
    KeyFact fact = make_fact();
    const KeyDigest first = fact.digest;
    index.apply({fact});
    fact.previous_digest = first;
    fact.previous_expires_at = at(60);
    fact.digest = random_digest();
    const KeyDigest second = fact.digest;
    index.apply({fact});
    CHECK(decide(index, second) == ClaimDecision::kGranted);
    CHECK(decide(index, first, 59) == ClaimDecision::kGranted);
    CHECK(decide(index, first, 60) == ClaimDecision::kExpired);
    fact.previous_digest = second;
    fact.digest = random_digest();
    index.apply({fact});
    CHECK(decide(index, first) == ClaimDecision::kUnknownKey);
    CHECK(decide(index, second) == ClaimDecision::kGranted);
    CHECK(decide(index, fact.digest) == ClaimDecision::kGranted);
    CHECK(index.size() == 1);
}

TEST_CASE("after any sequence of additions and removals an index has exactly the present keys") {
    std::mt19937 random(7);
    KeyIndex index;
    std::vector<KeyFact> here;
    std::vector<KeyDigest> gone;
    const auto some = [&] { return random() % here.size(); };
    for (int step = 0; step < 20'000; ++step) {
        const auto choice = random() % 10;
        if (here.empty() || choice < 5) {
            here.push_back(make_fact());
            index.apply({here.back()});
        } else if (choice < 8) {
            const auto which = some();
            gone.push_back(here[which].digest);
            here[which].digest = random_digest();
            index.apply({here[which]});
        } else {
            const auto which = some();
            gone.push_back(here[which].digest);
            here[which].deleted = true;
            index.apply({here[which]});
            here.erase(here.begin() + static_cast<std::ptrdiff_t>(which));
        }
    }
    CHECK(index.size() == here.size());
    bool all_known = true;
    for (const auto& fact : here) {
        all_known = all_known &&
                    index.judge(fact.digest, "live/a", at(0)).stream_key_id == fact.stream_key_id;
    }
    CHECK(all_known);
    bool none_known = true;
    for (const auto& digest : gone) {
        none_known = none_known && decide(index, digest) == ClaimDecision::kUnknownKey;
    }
    CHECK(none_known);
    index.clear();
    CHECK(decide(index, here.front().digest) == ClaimDecision::kUnknownKey);
}

TEST_CASE("of keys that share a path the strictest policy for viewers holds") {
    KeyIndex index;
    const auto policy = [&] { return index.playback_policy("live/a", at(100)); };
    KeyFact primary = make_fact();
    primary.policies.priority = 80;
    primary.policies.playback_policy = PlaybackPolicy::kPublic;
    index.apply({primary});
    CHECK(policy() == PlaybackPolicy::kPublic);
    // A key without a policy has that of the installation, which may be stricter.
    KeyFact backup = make_fact();
    backup.policies.priority = 20;
    index.apply({backup});
    CHECK_FALSE(policy().has_value());
    backup.policies.playback_policy = PlaybackPolicy::kPublic;
    index.apply({backup});
    CHECK(policy() == PlaybackPolicy::kPublic);
    backup.policies.playback_policy = PlaybackPolicy::kSigned;
    index.apply({backup});
    CHECK(policy() == PlaybackPolicy::kSigned);
    backup.policies.playback_policy.reset();
    backup.revoked_at = at(95);
    index.apply({backup});
    CHECK_FALSE(policy().has_value());  // its stream may still be there
    backup.revoked_at = at(90);
    index.apply({backup});
    CHECK(policy() == PlaybackPolicy::kPublic);
}

TEST_CASE("who shares a path is known while the keys are not revoked and have a priority") {
    KeyIndex index;
    KeyFact primary = make_fact();
    KeyFact backup = make_fact();
    KeyFact elsewhere = make_fact();
    primary.policies.priority = 80;
    backup.policies.priority = 20;
    elsewhere.policies.priority = 20;
    elsewhere.playback_path = "live/b";
    index.apply({primary, backup, elsewhere});
    const auto id = primary.stream_key_id;
    CHECK(index.others_of_path(id) == std::vector{backup.stream_key_id});
    CHECK(index.shareable_path(id) == "live/a");
    CHECK(index.others_of_path(elsewhere.stream_key_id).empty());
    CHECK(index.judge(primary.digest, "live/a", at(0)).fact.has_priority);
    backup.revoked_at = at(0);
    index.apply({backup});
    CHECK(index.others_of_path(id).empty());
    backup.revoked_at.reset();
    backup.deleted = true;
    index.apply({backup});
    CHECK(index.others_of_path(id).empty());
    primary.policies.priority.reset();
    index.apply({primary});
    CHECK_FALSE(index.shareable_path(id).has_value());
    CHECK_FALSE(index.judge(primary.digest, "live/a", at(0)).fact.has_priority);
}
