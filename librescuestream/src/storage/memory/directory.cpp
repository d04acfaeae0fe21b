// Broadcasters and their keys.
#include "storage/memory/errors.hpp"
#include "storage/memory/memory_storage.hpp"
#include "storage/messages.hpp"

namespace rescuestream {

using memory::conflict;
using memory::defect;
using memory::not_found;

std::unique_ptr<Storage> make_memory_storage() {
    return std::make_unique<MemoryStorage>();
}

Result<SchemaStatus> MemoryStorage::migrate(std::optional<int> /*target*/, Timestamp /*now*/) {
    return SchemaStatus{};  // there is no schema, so it is always the right one
}

MemoryStorage::BroadcasterEntry* MemoryStorage::visible_broadcaster(BroadcasterId id) {
    const auto found = broadcasters_.find(id);
    return found == broadcasters_.end() ? nullptr : &found->second;
}

MemoryStorage::KeyEntry* MemoryStorage::visible_key(StreamKeyId id) {
    const auto found = keys_.find(id);
    return found == keys_.end() || found->second.deleted ? nullptr : &found->second;
}

MemoryStorage::KeyEntry* MemoryStorage::visible_key(const KeyDigest& digest) {
    const auto found = key_by_digest_.find(digest);
    return found == key_by_digest_.end() ? nullptr : visible_key(found->second);
}

Result<void> MemoryStorage::create_broadcaster(const Broadcaster& broadcaster,
                                               const AuditEntry& audit) {
    const std::lock_guard lock(mutex_);
    if (broadcasters_.contains(broadcaster.id)) return defect("broadcaster id exists");
    if (audit_exists(audit)) return defect("audit id exists");
    broadcasters_[broadcaster.id].broadcaster = broadcaster;
    broadcaster_order_.insert({broadcaster.created_at, broadcaster.id.uuid()});
    write_audit(audit);
    return {};
}

Result<Broadcaster> MemoryStorage::find_broadcaster(BroadcasterId id) {
    const std::lock_guard lock(mutex_);
    const auto* entry = visible_broadcaster(id);
    if (entry == nullptr) return not_found(kNoBroadcaster);
    return entry->broadcaster;
}

Result<Page<Broadcaster>> MemoryStorage::list_broadcasters(const PageRequest& page) {
    const std::lock_guard lock(mutex_);
    return memory::take_page<Broadcaster>(broadcaster_order_, page, [this](const Uuid& id) {
        return &broadcasters_.at(BroadcasterId(id)).broadcaster;
    });
}

Result<void> MemoryStorage::update_broadcaster(const Broadcaster& broadcaster,
                                               const AuditEntry& audit) {
    const std::lock_guard lock(mutex_);
    auto* entry = visible_broadcaster(broadcaster.id);
    if (entry == nullptr) return not_found(kNoBroadcaster);
    if (audit_exists(audit)) return defect("audit id exists");
    entry->broadcaster.display_name = broadcaster.display_name;
    entry->broadcaster.metadata = broadcaster.metadata;
    entry->broadcaster.updated_at = broadcaster.updated_at;
    write_audit(audit);
    return {};
}

Result<KeyChangeOutcome> MemoryStorage::delete_broadcaster(BroadcasterId id, bool force,
                                                           Timestamp now, const AuditEntry& audit) {
    const std::lock_guard lock(mutex_);
    auto* entry = visible_broadcaster(id);
    if (entry == nullptr) return not_found(kNoBroadcaster);
    if (audit_exists(audit)) return defect("audit id exists");
    if (!force) {
        for (const auto& place : entry->keys) {
            const auto& stream = keys_.at(StreamKeyId(place.id)).stream;
            if (stream && streams_.at(*stream).state == StreamState::kLive) {
                return conflict("A stream of this broadcaster is live.");
            }
        }
    }
    KeyChangeOutcome outcome;
    outcome.changed = true;
    for (const auto& place : entry->keys) {
        KeyEntry& key = keys_.at(StreamKeyId(place.id));
        if (!key.key.revoked_at) revoke(key, now);
        key.deleted = true;
        number_fact(key);
        key_order_.erase(place);
        outcome.keys.push_back(key.key);
        append_cutoffs(key.key.id, outcome.cutoffs);
    }
    broadcaster_order_.erase({entry->broadcaster.created_at, id.uuid()});
    broadcasters_.erase(id);
    write_audit(audit);
    return outcome;
}

Result<KeyChangeOutcome> MemoryStorage::set_broadcaster_disabled(BroadcasterId id, bool disabled,
                                                                 Timestamp now,
                                                                 const AuditEntry& audit) {
    const std::lock_guard lock(mutex_);
    auto* entry = visible_broadcaster(id);
    if (entry == nullptr) return not_found(kNoBroadcaster);
    KeyChangeOutcome outcome;
    outcome.changed = entry->broadcaster.disabled != disabled;
    if (outcome.changed) {
        if (audit_exists(audit)) return defect("audit id exists");
        entry->broadcaster.disabled = disabled;
        entry->broadcaster.updated_at = now;
        write_audit(audit);
    }
    for (const auto& place : entry->keys) {
        KeyEntry& key = keys_.at(StreamKeyId(place.id));
        if (outcome.changed) {
            key.key.broadcaster_disabled = disabled;
            number_fact(key);
            if (disabled) cut_off(key, EndReason::kDisabled, now);
        }
        outcome.keys.push_back(key.key);
        append_cutoffs(key.key.id, outcome.cutoffs);
    }
    return outcome;
}

}  // namespace rescuestream
