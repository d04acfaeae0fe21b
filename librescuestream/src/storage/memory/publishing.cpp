// Publish requests: the claim on a key.
#include "storage/memory/claim_rules.hpp"
#include "storage/memory/memory_storage.hpp"

namespace rescuestream {

Result<ClaimOutcome> MemoryStorage::claim(const ClaimRequest& request) {
    const std::lock_guard lock(mutex_);
    KeyEntry* entry = visible_key(request.digest);
    if (entry == nullptr) return ClaimOutcome{};

    const Timestamp now = request.claim.claimed_at;
    ClaimOutcome outcome;
    outcome.stream_key_id = entry->key.id;
    outcome.decision = judge(*entry, request.digest, request.path, now);
    if (outcome.decision != ClaimDecision::kGranted) return outcome;

    if (entry->claim && entry->claim->connection == request.claim.connection) {
        entry->key.last_used_at = now;
        ++entry->version;
        return outcome;
    }

    Claim claim = request.claim;
    claim.live = false;
    claim.stalled_since.reset();
    claim.last_takeover_at.reset();
    claim.by_previous_value = request.digest != entry->digest;
    if (entry->claim) {
        const Claim& held = *entry->claim;
        const auto verdict = memory::judge_claim(
            held, request, entry->key.policies.on_duplicate.value_or(request.default_on_duplicate));
        if (!verdict) {
            outcome.decision = ClaimDecision::kInUse;
            return outcome;
        }
        claim.last_takeover_at = held.last_takeover_at;
        if (*verdict == memory::HeldClaim::kTakeOver) {
            outcome.replaced = held.connection;
            if (held.live) claim.last_takeover_at = now;
        }
    }
    entry->claim = std::move(claim);
    entry->key.last_used_at = now;
    ++entry->version;
    return outcome;
}

Result<ClaimOutcome> MemoryStorage::check_key(const KeyDigest& digest,
                                              const std::optional<std::string>& path,
                                              Timestamp now) {
    const std::lock_guard lock(mutex_);
    const KeyEntry* entry = visible_key(digest);
    if (entry == nullptr) return ClaimOutcome{};
    ClaimOutcome outcome;
    outcome.stream_key_id = entry->key.id;
    outcome.decision = judge(*entry, digest, path, now);
    return outcome;
}

ClaimDecision MemoryStorage::judge(const KeyEntry& entry, const KeyDigest& digest,
                                   const std::optional<std::string>& path, Timestamp now) {
    const bool is_void = digest != entry.digest && entry.key.previous_value_expires_at <= now;
    if (is_void && !entry.key.revoked_at) return ClaimDecision::kExpired;
    return memory::judge_key(entry.key, path, now);
}

}  // namespace rescuestream
