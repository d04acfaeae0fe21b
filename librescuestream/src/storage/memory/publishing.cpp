#include "storage/memory/publishing.hpp"

#include "rules/claim.hpp"
#include "rules/key.hpp"
#include "rules/path.hpp"
#include "rules/publisher.hpp"

namespace rescuestream::memory {

Result<ClaimOutcome> MemoryPublishing::claim(const ClaimRequest& request) {
    const std::lock_guard lock(state_.mutex);
    KeyEntry* entry = state_.visible_key(request.digest);
    if (entry == nullptr) return ClaimOutcome{};

    const Timestamp now = request.claim.claimed_at;
    const KeyFact fact = state_.fact_of(*entry);
    ClaimOutcome outcome;
    outcome.stream_key_id = entry->key.id;
    outcome.decision = rules::judge_key(fact, request.digest, request.path, now);
    if (outcome.decision != ClaimDecision::kGranted) return outcome;
    outcome.decision = rules::judge_publisher(entry->key.policies, request.claim);
    if (outcome.decision != ClaimDecision::kGranted) return outcome;
    if (state_.is_foreign(*entry, request)) {
        outcome.decision = ClaimDecision::kForeignConnection;
        return outcome;
    }
    if (entry->key.policies.priority) {
        for (const auto& other : state_.sessions_at(entry->key.playback_path)) {
            if (!rules::refuses_claim(other, entry->key, request)) continue;
            outcome.decision = ClaimDecision::kPathInUse;
            outcome.holder = other.key.id;
            return outcome;
        }
    }
    auto step = rules::judge_claim(entry->claim, request, entry->key.policies,
                                   rules::is_previous_value(fact, request.digest),
                                   state_.cutoffs_at(entry->key.id, request.claim.node));
    if (!step.granted) {
        outcome.decision = ClaimDecision::kInUse;
        return outcome;
    }
    outcome.replaced = std::move(step.replaced);
    state_.remember_connection(step.claim->connection, *entry);
    state_.cut_off_replaced(*entry, step.claim);
    if (entry->key.policies.priority) state_.cut_off_waiting(*entry, *step.claim);
    entry->claim = std::move(step.claim);
    entry->key.last_used_at = now;
    ++entry->version;
    return outcome;
}

Result<bool> MemoryPublishing::is_claimed_elsewhere(const ConnectionId& connection,
                                                    StreamKeyId stream_key_id) {
    const std::lock_guard lock(state_.mutex);
    for (const auto& [id, entry] : state_.keys) {
        if (id != stream_key_id && state_.has_claim(entry, connection)) return true;
    }
    return false;
}

Result<ClaimOutcome> MemoryPublishing::check_key(const KeyDigest& digest,
                                                 const std::optional<std::string>& path,
                                                 Timestamp now) {
    const std::lock_guard lock(state_.mutex);
    const KeyEntry* entry = state_.visible_key(digest);
    if (entry == nullptr) return ClaimOutcome{};
    ClaimOutcome outcome;
    outcome.stream_key_id = entry->key.id;
    outcome.decision = rules::judge_key(state_.fact_of(*entry), digest, path, now);
    return outcome;
}

}  // namespace rescuestream::memory
