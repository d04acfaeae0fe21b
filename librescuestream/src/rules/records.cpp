#include "rescuestream/records.hpp"

#include "rules/key.hpp"

// The status of a record follows the same rule, without the block and the path, which only concern
// new publishers.
namespace rescuestream {
namespace {

ClaimDecision judge(const StreamKey& key, Timestamp now) noexcept {
    rules::KeyTerms terms;
    terms.is_revoked = key.revoked_at.has_value();
    terms.expires_at = key.expires_at;
    terms.is_disabled =
        key.disabled || key.broadcaster_disabled || !rules::are_understood(key.policies);
    return rules::judge_key(terms, now);
}

}  // namespace

StreamKeyStatus StreamKey::status_at(Timestamp now) const noexcept {
    const auto decision = judge(*this, now);
    if (decision == ClaimDecision::kRevoked) return StreamKeyStatus::kRevoked;
    if (decision == ClaimDecision::kExpired) return StreamKeyStatus::kExpired;
    return StreamKeyStatus::kActive;
}

bool StreamKey::is_usable_at(Timestamp now) const noexcept {
    return judge(*this, now) == ClaimDecision::kGranted;
}

bool StreamKey::is_blocked_at(Timestamp now) const noexcept {
    return blocked_until && now < *blocked_until;
}

}  // namespace rescuestream
