#include "storage/memory/directory.hpp"

#include "storage/errors.hpp"
#include "storage/messages.hpp"

namespace rescuestream::memory {

Result<void> MemoryDirectory::create_broadcaster(const Broadcaster& broadcaster,
                                                 const AuditEntry& audit) {
    const std::lock_guard lock(state_.mutex);
    if (state_.broadcasters.contains(broadcaster.id)) return defect("broadcaster id exists");
    if (state_.audit_exists(audit)) return defect("audit id exists");
    state_.broadcasters[broadcaster.id].broadcaster = broadcaster;
    state_.broadcaster_order.insert({broadcaster.created_at, broadcaster.id.uuid()});
    state_.write_audit(audit);
    return {};
}

Result<Broadcaster> MemoryDirectory::find_broadcaster(BroadcasterId id) {
    const std::lock_guard lock(state_.mutex);
    const auto* entry = state_.visible_broadcaster(id);
    if (entry == nullptr) return not_found(kNoBroadcaster);
    return entry->broadcaster;
}

Result<Page<Broadcaster>> MemoryDirectory::list_broadcasters(const PageRequest& page) {
    const std::lock_guard lock(state_.mutex);
    return take_page<Broadcaster>(state_.broadcaster_order, page, [this](const Uuid& id) {
        return &state_.broadcasters.at(BroadcasterId(id)).broadcaster;
    });
}

Result<void> MemoryDirectory::update_broadcaster(const Broadcaster& broadcaster,
                                                 const AuditEntry& audit) {
    const std::lock_guard lock(state_.mutex);
    auto* entry = state_.visible_broadcaster(broadcaster.id);
    if (entry == nullptr) return not_found(kNoBroadcaster);
    if (state_.audit_exists(audit)) return defect("audit id exists");
    entry->broadcaster.display_name = broadcaster.display_name;
    entry->broadcaster.metadata = broadcaster.metadata;
    entry->broadcaster.updated_at = broadcaster.updated_at;
    state_.write_audit(audit);
    return {};
}

Result<KeyChangeOutcome> MemoryDirectory::delete_broadcaster(BroadcasterId id, bool force,
                                                             Timestamp now,
                                                             const AuditEntry& audit) {
    const std::lock_guard lock(state_.mutex);
    auto* entry = state_.visible_broadcaster(id);
    if (entry == nullptr) return not_found(kNoBroadcaster);
    if (state_.audit_exists(audit)) return defect("audit id exists");
    if (!force) {
        for (const auto& place : entry->keys) {
            const auto& stream = state_.keys.at(StreamKeyId(place.id)).stream;
            if (stream && state_.streams.at(*stream).state == StreamState::kLive) {
                return conflict("A stream of this broadcaster is live.");
            }
        }
    }
    KeyChangeOutcome outcome;
    outcome.changed = true;
    for (const auto& place : entry->keys) {
        KeyEntry& key = state_.keys.at(StreamKeyId(place.id));
        if (!key.key.revoked_at) state_.revoke(key, now);
        key.deleted = true;
        state_.number_fact(key);
        state_.key_order.erase(place);
        outcome.keys.push_back(key.key);
        state_.append_cutoffs(key.key.id, outcome.cutoffs);
    }
    state_.broadcaster_order.erase({entry->broadcaster.created_at, id.uuid()});
    state_.broadcasters.erase(id);
    state_.write_audit(audit);
    return outcome;
}

Result<KeyChangeOutcome> MemoryDirectory::set_broadcaster_disabled(BroadcasterId id, bool disabled,
                                                                   Timestamp now,
                                                                   const AuditEntry& audit) {
    const std::lock_guard lock(state_.mutex);
    auto* entry = state_.visible_broadcaster(id);
    if (entry == nullptr) return not_found(kNoBroadcaster);
    KeyChangeOutcome outcome;
    outcome.changed = entry->broadcaster.disabled != disabled;
    if (outcome.changed) {
        if (state_.audit_exists(audit)) return defect("audit id exists");
        entry->broadcaster.disabled = disabled;
        entry->broadcaster.updated_at = now;
        state_.write_audit(audit);
    }
    for (const auto& place : entry->keys) {
        KeyEntry& key = state_.keys.at(StreamKeyId(place.id));
        if (outcome.changed) {
            key.key.broadcaster_disabled = disabled;
            state_.number_fact(key);
            if (disabled) state_.cut_off(key, EndReason::kDisabled, now);
        }
        outcome.keys.push_back(key.key);
        state_.append_cutoffs(key.key.id, outcome.cutoffs);
    }
    return outcome;
}

}  // namespace rescuestream::memory
