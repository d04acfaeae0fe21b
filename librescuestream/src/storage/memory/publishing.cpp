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

    if (is_foreign(*entry, request)) {
        outcome.decision = ClaimDecision::kForeignConnection;
        return outcome;
    }
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
    remember_connection(claim.connection, *entry);
    entry->claim = std::move(claim);
    entry->key.last_used_at = now;
    ++entry->version;
    return outcome;
}

bool MemoryStorage::has_claim(const KeyEntry& entry, const ConnectionId& connection) const {
    return entry.claim && entry.claim->connection == connection;
}

bool MemoryStorage::has_source(const KeyEntry& entry, const ConnectionId& connection) const {
    return entry.stream && streams_.at(*entry.stream).source_id == connection;
}

bool MemoryStorage::is_foreign(const KeyEntry& entry, const ClaimRequest& request) const {
    const ConnectionId& connection = request.claim.connection;
    const auto known = key_of_connection_.find(connection);
    if (known == key_of_connection_.end() || known->second == entry.key.id) return false;
    const KeyEntry& other = keys_.at(known->second);
    if (has_source(other, connection)) return true;
    return has_claim(other, connection) &&
           (other.claim->live ||
            request.claim.claimed_at - other.claim->claimed_at <= request.reservation_timeout);
}

void MemoryStorage::remember_connection(const ConnectionId& connection, const KeyEntry& entry) {
    key_of_connection_[connection] = entry.key.id;
    constexpr std::size_t kLeast = 1'024;
    if (key_of_connection_.size() < kLeast + 4 * keys_.size()) return;
    std::erase_if(key_of_connection_, [&](const auto& known) {
        const KeyEntry& key = keys_.at(known.second);
        return !has_claim(key, known.first) && !has_source(key, known.first) &&
               known.first != connection;
    });
}

Result<bool> MemoryStorage::is_claimed_elsewhere(const ConnectionId& connection,
                                                 StreamKeyId stream_key_id) {
    const std::lock_guard lock(mutex_);
    for (const auto& [id, entry] : keys_) {
        if (id != stream_key_id && has_claim(entry, connection)) return true;
    }
    return false;
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
