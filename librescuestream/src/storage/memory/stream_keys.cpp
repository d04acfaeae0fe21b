// Stream keys.
#include <charconv>

#include "rules/cutoff.hpp"
#include "storage/key_change.hpp"
#include "storage/memory/errors.hpp"
#include "storage/memory/memory_storage.hpp"
#include "storage/messages.hpp"

namespace rescuestream {

using memory::conflict;
using memory::defect;
using memory::not_found;

namespace {

constexpr const char* kRevoked = "The stream key is revoked.";

}  // namespace

Result<void> MemoryStorage::create_stream_key(const StreamKeyRow& row, const AuditEntry& audit) {
    const std::lock_guard lock(mutex_);
    auto* broadcaster = visible_broadcaster(row.key.broadcaster_id);
    if (broadcaster == nullptr || !is_as_believed(row, broadcaster->broadcaster.display_name,
                                                  broadcaster->broadcaster.disabled)) {
        return not_found(kNoBroadcaster);
    }
    if (key_by_path_.contains(row.key.playback_path)) {
        return conflict("Another stream key has this playback path.");
    }
    if (keys_.contains(row.key.id)) return defect("stream key id exists");
    if (key_by_digest_.contains(row.digest)) return defect("digest exists");
    if (audit_exists(audit)) return defect("audit id exists");

    KeyEntry& entry = keys_[row.key.id];
    entry.key = row.key;
    entry.key.broadcaster_disabled = broadcaster->broadcaster.disabled;
    entry.digest = row.digest;
    const Cursor place{row.key.created_at, row.key.id.uuid()};
    key_order_.insert(place);
    broadcaster->keys.insert(place);
    key_by_digest_[row.digest] = row.key.id;
    if (!row.key.revoked_at) key_by_path_[row.key.playback_path] = row.key.id;
    number_fact(entry);
    write_audit(audit);
    return {};
}

Result<StreamKey> MemoryStorage::find_stream_key(StreamKeyId id) {
    const std::lock_guard lock(mutex_);
    const auto* entry = visible_key(id);
    if (entry == nullptr) return not_found(kNoKey);
    return entry->key;
}

Result<Page<StreamKey>> MemoryStorage::list_stream_keys(const StreamKeyFilter& filter,
                                                        const PageRequest& page) {
    const std::lock_guard lock(mutex_);
    const memory::NewestFirst* order = &key_order_;
    if (filter.broadcaster_id) {
        const auto* broadcaster = visible_broadcaster(*filter.broadcaster_id);
        if (broadcaster == nullptr) return Page<StreamKey>{};
        order = &broadcaster->keys;
    }
    return memory::take_page<StreamKey>(
        *order, page, [this](const Uuid& id) { return &keys_.at(StreamKeyId(id)).key; });
}

Result<KeyChangeOutcome> MemoryStorage::revoke_stream_key(StreamKeyId id, Timestamp now,
                                                          const AuditEntry& audit) {
    const std::lock_guard lock(mutex_);
    auto* entry = visible_key(id);
    if (entry == nullptr) return not_found(kNoKey);
    if (entry->key.revoked_at) return outcome_of(*entry, false);
    if (audit_exists(audit)) return defect("audit id exists");
    revoke(*entry, now);
    write_audit(audit);
    return outcome_of(*entry, true);
}

Result<KeyChangeOutcome> MemoryStorage::update_stream_key(const StreamKeyChange& change,
                                                          Timestamp now, const AuditEntry& audit) {
    const std::lock_guard lock(mutex_);
    auto* entry = visible_key(change.id);
    if (entry == nullptr) return not_found(kNoKey);
    if (entry->key.revoked_at) return conflict(kRevoked);
    const StreamKey key = changed_key(entry->key, change);
    if (key == entry->key) return outcome_of(*entry, false);
    if (audit_exists(audit)) return defect("audit id exists");
    const bool rests_now = key.disabled && !entry->key.disabled;
    entry->key = key;
    number_fact(*entry);
    if (rests_now) cut_off(*entry, EndReason::kDisabled, now);
    write_audit(audit);
    return outcome_of(*entry, true);
}

Result<KeyChangeOutcome> MemoryStorage::rotate_stream_key(const StreamKeyRotation& rotation,
                                                          Timestamp now, const AuditEntry& audit) {
    const std::lock_guard lock(mutex_);
    auto* entry = visible_key(rotation.id);
    if (entry == nullptr) return not_found(kNoKey);
    if (entry->key.revoked_at) return conflict(kRevoked);
    if (key_by_digest_.contains(rotation.digest)) return defect("digest exists");
    if (audit_exists(audit)) return defect("audit id exists");

    // Before a value is replaced, because the cut-off needs the value with which the publisher was
    // accepted.
    if (!rotation.overlap_until) cut_off(*entry, EndReason::kKeyRotated, now);
    if (entry->previous_digest) key_by_digest_.erase(*entry->previous_digest);
    entry->previous_digest.reset();
    if (rotation.overlap_until) {
        entry->previous_digest = entry->digest;
        if (entry->claim) entry->claim->by_previous_value = true;
        ++entry->version;
    } else {
        key_by_digest_.erase(entry->digest);
    }
    entry->key.previous_value_expires_at = rotation.overlap_until;
    entry->digest = rotation.digest;
    key_by_digest_[rotation.digest] = rotation.id;
    number_fact(*entry);
    write_audit(audit);
    return outcome_of(*entry, true);
}

void MemoryStorage::revoke(KeyEntry& entry, Timestamp now) {
    entry.key.revoked_at = now;
    key_by_path_.erase(entry.key.playback_path);
    number_fact(entry);
    cut_off(entry, EndReason::kKeyRevoked, now);
}

void MemoryStorage::cut_off(KeyEntry& entry, EndReason reason, Timestamp now) {
    for (auto& cutoff : rules::cutoffs_of(session_of(entry), {entry.digest, entry.previous_digest},
                                          {reason, ObservedBy::kAdmin}, now)) {
        write_cutoff(std::move(cutoff));
    }
    entry.claim.reset();
    ++entry.version;
}

void MemoryStorage::number_fact(KeyEntry& entry) {
    fact_order_.erase(entry.fact_version);
    entry.fact_version = ++newest_fact_;
    fact_order_[entry.fact_version] = entry.key.id;
}

KeyFact MemoryStorage::fact_of(const KeyEntry& entry) {
    KeyFact fact;
    fact.stream_key_id = entry.key.id;
    fact.digest = entry.digest;
    fact.previous_digest = entry.previous_digest;
    fact.previous_expires_at = entry.key.previous_value_expires_at;
    fact.playback_path = entry.key.playback_path;
    fact.policies = entry.key.policies;
    fact.disabled = entry.key.disabled || entry.key.broadcaster_disabled;
    fact.expires_at = entry.key.expires_at;
    fact.revoked_at = entry.key.revoked_at;
    fact.blocked_until = entry.key.blocked_until;
    fact.deleted = entry.deleted;
    fact.revision = entry.fact_version;
    return fact;
}

// A place is the version of the last fact before it.
Result<KeyFacts> MemoryStorage::key_facts_after(const std::string& place, std::size_t limit) {
    const std::lock_guard lock(mutex_);
    std::int64_t version = 0;
    std::from_chars(place.data(), place.data() + place.size(), version);
    KeyFacts found;
    found.from_start = place.empty() || version > newest_fact_;
    if (found.from_start) version = 0;
    auto next = fact_order_.upper_bound(version);
    for (; next != fact_order_.end() && found.facts.size() < limit; ++next) {
        const KeyEntry& entry = keys_.at(next->second);
        version = entry.fact_version;
        found.facts.push_back(fact_of(entry));
    }
    found.complete = found.facts.size() < limit;
    found.next = std::to_string(version);
    return found;
}

KeyChangeOutcome MemoryStorage::outcome_of(const KeyEntry& entry, bool changed) const {
    KeyChangeOutcome outcome;
    outcome.keys.push_back(entry.key);
    outcome.changed = changed;
    append_cutoffs(entry.key.id, outcome.cutoffs);
    return outcome;
}

}  // namespace rescuestream
