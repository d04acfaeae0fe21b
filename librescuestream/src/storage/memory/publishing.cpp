// Publish requests: the claim on a key.
#include "rules/claim.hpp"
#include "rules/key.hpp"
#include "rules/publisher.hpp"
#include "storage/memory/memory_storage.hpp"

namespace rescuestream {

Result<ClaimOutcome> MemoryStorage::claim(const ClaimRequest& request) {
    const std::lock_guard lock(mutex_);
    KeyEntry* entry = visible_key(request.digest);
    if (entry == nullptr) return ClaimOutcome{};

    const Timestamp now = request.claim.claimed_at;
    const KeyFact fact = fact_of(*entry);
    ClaimOutcome outcome;
    outcome.stream_key_id = entry->key.id;
    outcome.decision = rules::judge_key(fact, request.digest, request.path, now);
    if (outcome.decision != ClaimDecision::kGranted) return outcome;
    outcome.decision = rules::judge_publisher(entry->key.policies, request.claim);
    if (outcome.decision != ClaimDecision::kGranted) return outcome;
    if (is_foreign(*entry, request)) {
        outcome.decision = ClaimDecision::kForeignConnection;
        return outcome;
    }
    auto step = rules::judge_claim(entry->claim, request, entry->key.policies,
                                   rules::is_previous_value(fact, request.digest));
    if (!step.granted) {
        outcome.decision = ClaimDecision::kInUse;
        return outcome;
    }
    outcome.replaced = std::move(step.replaced);
    remember_connection(step.claim->connection, *entry);
    cut_off_replaced(*entry, step.claim);
    entry->claim = std::move(step.claim);
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
    const auto source = other.stream ? streams_.at(*other.stream).source_id : std::nullopt;
    return rules::has_connection(other.claim, source, request);
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
    outcome.decision = rules::judge_key(fact_of(*entry), digest, path, now);
    return outcome;
}

}  // namespace rescuestream
