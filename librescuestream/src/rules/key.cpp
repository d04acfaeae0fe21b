#include "rules/key.hpp"

namespace rescuestream::rules {
namespace {

bool is_reached(const std::optional<Timestamp>& limit, Timestamp now) noexcept {
    return limit && *limit <= now;
}

const JsonObject& unreadable() {
    static const JsonObject mark = JsonObject::parse(R"({"unreadable":true})").value();
    return mark;
}

}  // namespace

ClaimDecision judge_key(const KeyTerms& terms, Timestamp now) noexcept {
    if (terms.is_revoked) return ClaimDecision::kRevoked;
    if (is_reached(terms.value_expires_at, now)) return ClaimDecision::kExpired;
    if (is_reached(terms.expires_at, now)) return ClaimDecision::kExpired;
    if (terms.is_disabled) return ClaimDecision::kDisabled;
    if (terms.blocked_until && now < *terms.blocked_until) return ClaimDecision::kBlocked;
    if (!terms.is_own_path) return ClaimDecision::kWrongPath;
    return ClaimDecision::kGranted;
}

ClaimDecision judge_key(const KeyFact& fact, const KeyDigest& value,
                        const std::optional<std::string>& path, Timestamp now) noexcept {
    const bool is_previous = is_previous_value(fact, value);
    if (fact.deleted || (value != fact.digest && !is_previous)) return ClaimDecision::kUnknownKey;
    KeyTerms terms;
    terms.is_revoked = fact.revoked_at.has_value();
    // A previous value always has an end, because rotations set it; one without an end is not
    // valid.
    if (is_previous) terms.value_expires_at = fact.previous_expires_at.value_or(Timestamp::min());
    terms.expires_at = fact.expires_at;
    terms.is_disabled = is_disabled(fact);
    terms.blocked_until = fact.blocked_until;
    terms.is_own_path = !path || *path == fact.playback_path;
    return judge_key(terms, now);
}

bool are_understood(const StreamKeyPolicies& policies) {
    return policies.from_newer_release == JsonObject{};
}

std::optional<PlaybackPolicy> playback_policy_of(const StreamKeyPolicies& policies) {
    if (policies.playback_policy || are_understood(policies)) return policies.playback_policy;
    return PlaybackPolicy::kSigned;
}

bool is_disabled(const KeyFact& fact) noexcept {
    return fact.disabled || !are_understood(fact.policies);
}

void mark_unreadable(StreamKeyPolicies& policies) {
    policies.from_newer_release = unreadable();
}

bool is_unreadable(const StreamKeyPolicies& policies) {
    return policies.from_newer_release == unreadable();
}

bool is_previous_value(const KeyFact& fact, const KeyDigest& value) noexcept {
    return fact.previous_digest == value && value != fact.digest;
}

}  // namespace rescuestream::rules
