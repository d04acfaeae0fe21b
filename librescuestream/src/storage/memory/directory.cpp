#include "storage/memory/directory.hpp"

#include "fields/broadcaster.hpp"
#include "rules/conditions.hpp"
#include "storage/errors.hpp"
#include "storage/messages.hpp"

namespace rescuestream::memory {

Result<void> MemoryDirectory::create_broadcaster(const Broadcaster& broadcaster,
                                                 const AuditDraft& audit) {
    const std::lock_guard lock(state_.mutex);
    if (auto mine = state_.check_reservation(audit); !mine) return mine.error();
    if (state_.broadcasters.contains(broadcaster.id)) return defect("broadcaster id exists");
    if (state_.audit_exists(audit.without_names())) return defect("audit id exists");
    state_.broadcasters[broadcaster.id].broadcaster = broadcaster;
    state_.broadcaster_order.insert({broadcaster.created_at, broadcaster.id.uuid()});
    state_.write_audit(audit.named(broadcaster));
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

Result<Broadcaster> MemoryDirectory::update_broadcaster(BroadcasterId id,
                                                        const BroadcasterPatch& patch,
                                                        Timestamp now, const AuditDraft& audit) {
    const std::lock_guard lock(state_.mutex);
    auto* entry = state_.visible_broadcaster(id);
    if (entry == nullptr) return not_found(kNoBroadcaster);
    if (auto same = rules::check_conditions(audit, entry->broadcaster); !same) return same.error();
    if (state_.audit_exists(audit.without_names())) return defect("audit id exists");
    fields::apply(patch, entry->broadcaster);
    entry->broadcaster.updated_at = now;
    state_.write_audit(audit.named(entry->broadcaster));
    return entry->broadcaster;
}

Result<KeyChangeOutcome> MemoryDirectory::delete_broadcaster(BroadcasterId id, bool force,
                                                             Timestamp now,
                                                             const AuditDraft& audit) {
    const std::lock_guard lock(state_.mutex);
    auto* entry = state_.visible_broadcaster(id);
    if (entry == nullptr) return not_found(kNoBroadcaster);
    if (auto same = rules::check_conditions(audit, entry->broadcaster); !same) return same.error();
    if (state_.audit_exists(audit.without_names())) return defect("audit id exists");
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
    state_.write_audit(audit.named(entry->broadcaster));
    state_.removed_broadcasters[id] = entry->broadcaster.display_name;
    state_.broadcasters.erase(id);
    return outcome;
}

Result<KeyChangeOutcome> MemoryDirectory::set_broadcaster_disabled(BroadcasterId id, bool disabled,
                                                                   Timestamp now,
                                                                   const AuditDraft& audit) {
    const std::lock_guard lock(state_.mutex);
    auto* entry = state_.visible_broadcaster(id);
    if (entry == nullptr) return not_found(kNoBroadcaster);
    if (auto same = rules::check_conditions(audit, entry->broadcaster); !same) return same.error();
    KeyChangeOutcome outcome;
    outcome.changed = entry->broadcaster.disabled != disabled;
    if (outcome.changed) {
        if (state_.audit_exists(audit.without_names())) return defect("audit id exists");
        entry->broadcaster.disabled = disabled;
        entry->broadcaster.updated_at = now;
        state_.write_audit(audit.named(entry->broadcaster));
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
