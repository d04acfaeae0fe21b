#include "storage/memory/keys.hpp"

#include <charconv>

#include "rules/conditions.hpp"
#include "storage/assignment_errors.hpp"
#include "storage/errors.hpp"
#include "storage/key_change.hpp"
#include "storage/messages.hpp"

namespace rescuestream::memory {

bool MemoryKeys::matches(const StreamKeyFilter& filter, const StreamKey& key) const {
    if (filter.label && key.label != *filter.label) return false;
    if (filter.playback_path && key.playback_path != *filter.playback_path) return false;
    if (filter.status && key.status_at(filter.at) != *filter.status) return false;
    if (filter.incident_id && key.incident_id != filter.incident_id) return false;
    if (filter.disabled && (key.disabled || key.broadcaster_disabled) != *filter.disabled) {
        return false;
    }
    // The owner of a listed key exists.
    return !filter.broadcaster_name ||
           state_.broadcasters.at(key.broadcaster_id).broadcaster.display_name ==
               *filter.broadcaster_name;
}

Result<StreamKey> MemoryKeys::create_stream_key(const StreamKeyRow& row, const AuditDraft& audit) {
    const std::lock_guard lock(state_.mutex);
    if (auto mine = state_.check_reservation(audit); !mine) return mine.error();
    auto* broadcaster = state_.visible_broadcaster(row.key.broadcaster_id);
    if (broadcaster == nullptr) return not_found(kNoBroadcaster);
    if (row.key.incident_id) {
        const auto incident = state_.incidents.find(*row.key.incident_id);
        if (incident == state_.incidents.end()) return no_open_incident();
        if (incident->second.closed_at) return no_open_incident();
    }
    if (auto free = state_.check_path(row.key); !free) return free.error();
    if (state_.keys.contains(row.key.id)) return defect("stream key id exists");
    if (state_.key_by_digest.contains(row.digest)) return defect("digest exists");
    if (state_.audit_exists(audit.without_names())) return defect("audit id exists");

    KeyEntry& entry = state_.keys[row.key.id];
    entry.key = row.key;
    entry.key.broadcaster_disabled = broadcaster->broadcaster.disabled;
    if (!row.key.incident_id) entry.key.incident_id = broadcaster->broadcaster.incident_id;
    entry.digest = row.digest;
    const Cursor place{row.key.created_at, row.key.id.uuid()};
    state_.key_order.insert(place);
    broadcaster->keys.insert(place);
    state_.key_by_digest[row.digest] = row.key.id;
    if (!row.key.revoked_at) state_.enter_path(entry);
    state_.number_fact(entry);
    state_.write_audit(audit, entry.key);
    return entry.key;
}

Result<StreamKey> MemoryKeys::find_stream_key(StreamKeyId id) {
    const std::lock_guard lock(state_.mutex);
    const auto* entry = state_.visible_key(id);
    if (entry == nullptr) return not_found(kNoKey);
    return entry->key;
}

Result<Page<StreamKey>> MemoryKeys::list_stream_keys(const StreamKeyFilter& filter,
                                                     const PageRequest& page) {
    const std::lock_guard lock(state_.mutex);
    const NewestFirst* order = &state_.key_order;
    if (filter.broadcaster_id) {
        const auto* broadcaster = state_.visible_broadcaster(*filter.broadcaster_id);
        if (broadcaster == nullptr) return Page<StreamKey>{};
        order = &broadcaster->keys;
    }
    return take_page<StreamKey>(*order, page, [&](const Uuid& id) -> const StreamKey* {
        const StreamKey& key = state_.keys.at(StreamKeyId(id)).key;
        return matches(filter, key) ? &key : nullptr;
    });
}

Result<KeyChangeOutcome> MemoryKeys::revoke_stream_key(StreamKeyId id, Timestamp now,
                                                       const AuditDraft& audit) {
    const std::lock_guard lock(state_.mutex);
    auto* entry = state_.visible_key(id);
    if (entry == nullptr) return not_found(kNoKey);
    if (auto same = rules::check_conditions(audit, entry->key); !same) return same.error();
    if (entry->key.revoked_at) return state_.outcome_of(*entry, false);
    if (state_.audit_exists(audit.without_names())) return defect("audit id exists");
    state_.revoke(*entry, now);
    state_.write_audit(audit, entry->key);
    return state_.outcome_of(*entry, true);
}

Result<KeyChangeOutcome> MemoryKeys::update_stream_key(const StreamKeyChange& change, Timestamp now,
                                                       const AuditDraft& audit) {
    const std::lock_guard lock(state_.mutex);
    auto* entry = state_.visible_key(change.id);
    if (entry == nullptr) return not_found(kNoKey);
    if (auto same = rules::check_conditions(audit, entry->key); !same) return same.error();
    if (entry->key.revoked_at) return conflict(kRevoked);
    const StreamKey key = changed_key(entry->key, change);
    if (key == entry->key) return state_.outcome_of(*entry, false);
    const bool moves = key.playback_path != entry->key.playback_path;
    if (moves && (entry->claim || entry->stream)) return conflict(kKeyInUse);
    if (moves && entry->key.policies.priority) return conflict(kPriorityKeepsPath);
    if (moves && state_.keys_by_path.contains(key.playback_path)) return path_taken();
    const bool loses_priority = entry->key.policies.priority && !key.policies.priority;
    if (loses_priority && state_.keys_by_path.at(key.playback_path).size() > 1) {
        return priority_needed();
    }
    if (state_.audit_exists(audit.without_names())) return defect("audit id exists");
    const bool rests_now = key.disabled && !entry->key.disabled;
    state_.write_audit(audit, entry->key);
    if (moves) state_.leave_path(*entry);
    entry->key = key;
    if (moves) state_.enter_path(*entry);
    state_.number_fact(*entry);
    if (rests_now) state_.cut_off(*entry, EndReason::kDisabled, now);
    return state_.outcome_of(*entry, true);
}

Result<KeyChangeOutcome> MemoryKeys::rotate_stream_key(const StreamKeyRotation& rotation,
                                                       Timestamp now, const AuditDraft& audit) {
    const std::lock_guard lock(state_.mutex);
    if (auto mine = state_.check_reservation(audit); !mine) return mine.error();
    auto* entry = state_.visible_key(rotation.id);
    if (entry == nullptr) return not_found(kNoKey);
    if (auto same = rules::check_conditions(audit, entry->key); !same) return same.error();
    if (entry->key.revoked_at) return conflict(kRevoked);
    if (state_.key_by_digest.contains(rotation.digest)) return defect("digest exists");
    if (state_.audit_exists(audit.without_names())) return defect("audit id exists");

    // Before a value is replaced, because the cut-off needs the value with which the publisher was
    // accepted.
    if (!rotation.overlap_until) state_.cut_off(*entry, EndReason::kKeyRotated, now);
    if (entry->previous_digest) state_.key_by_digest.erase(*entry->previous_digest);
    entry->previous_digest.reset();
    if (rotation.overlap_until) {
        entry->previous_digest = entry->digest;
        if (entry->claim) entry->claim->by_previous_value = true;
        ++entry->version;
    } else {
        state_.key_by_digest.erase(entry->digest);
    }
    entry->key.previous_value_expires_at = rotation.overlap_until;
    entry->key.rotated_at = rotation_time(entry->key, now);
    entry->digest = rotation.digest;
    state_.key_by_digest[rotation.digest] = rotation.id;
    state_.number_fact(*entry);
    state_.write_audit(audit, entry->key);
    return state_.outcome_of(*entry, true);
}

// A place is the version of the last fact before it.
Result<KeyFacts> MemoryKeys::key_facts_after(const std::string& place, std::size_t limit) {
    const std::lock_guard lock(state_.mutex);
    std::int64_t version = 0;
    std::from_chars(place.data(), place.data() + place.size(), version);
    KeyFacts found;
    found.from_start = place.empty() || version > state_.newest_fact;
    if (found.from_start) version = 0;
    auto next = state_.fact_order.upper_bound(version);
    for (; next != state_.fact_order.end() && found.facts.size() < limit; ++next) {
        const KeyEntry& entry = state_.keys.at(next->second);
        version = entry.fact_version;
        found.facts.push_back(state_.fact_of(entry));
    }
    found.complete = found.facts.size() < limit;
    found.next = std::to_string(version);
    return found;
}

}  // namespace rescuestream::memory
