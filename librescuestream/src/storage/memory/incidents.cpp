#include "storage/memory/incidents.hpp"

#include <algorithm>

#include "fields/incident.hpp"
#include "rules/conditions.hpp"
#include "storage/assignment_errors.hpp"
#include "storage/errors.hpp"
#include "storage/messages.hpp"
#include "storage/room.hpp"
#include "storage/shown_assigned.hpp"

namespace rescuestream::memory {

IncidentDetails MemoryIncidents::details_of(const Incident& incident) const {
    IncidentDetails details{incident, {}};
    for (const auto& [id, entry] : state_.broadcasters) {
        if (entry.broadcaster.incident_id == incident.id) {
            details.assigned.broadcaster_ids.push_back(id);
        }
    }
    for (const auto& [id, entry] : state_.keys) {
        if (!entry.deleted && entry.key.incident_id == incident.id) {
            details.assigned.stream_key_ids.push_back(id);
        }
    }
    std::sort(details.assigned.broadcaster_ids.begin(), details.assigned.broadcaster_ids.end());
    std::sort(details.assigned.stream_key_ids.begin(), details.assigned.stream_key_ids.end());
    const auto remembered = [&](const auto& of_incidents, auto& shown) {
        const auto found = of_incidents.find(incident.id);
        if (found == of_incidents.end()) return;
        for (const auto& id : found->second) {
            if (shown.size() < kMostShownAssigned) shown.push_back(id);
        }
    };
    remembered(state_.broadcasters_when_closed, details.assigned_when_closed.broadcaster_ids);
    remembered(state_.keys_when_closed, details.assigned_when_closed.stream_key_ids);
    limit_assigned(details);
    return details;
}

Result<void> MemoryIncidents::check_open(const AuditDraft& audit) const {
    const std::string& account = audit.conditions().account;
    const auto used = occupancy_of(
        state_.incidents, account, [](const auto& each) { return !each.second.closed_at; },
        [&](const auto& each) -> const std::string& {
            return state_.accounts_of_incidents.at(each.first);
        });
    return check_room(used, kMostOpenIncidents, account,
                      {kTooManyIncidents, kTooManyIncidentsOfLimited});
}

Result<void> MemoryIncidents::create_incident(const Incident& incident, const AuditDraft& audit) {
    const std::lock_guard lock(state_.mutex);
    if (auto mine = state_.check_reservation(audit); !mine) return mine.error();
    if (state_.incidents.contains(incident.id)) return defect("incident id exists");
    if (!incident.closed_at) {
        if (auto room = check_open(audit); !room) return room;
    }
    if (state_.audit_exists(audit.without_names())) return defect("audit id exists");
    state_.incidents[incident.id] = incident;
    state_.accounts_of_incidents[incident.id] = audit.conditions().account;
    state_.incident_order.insert({incident.created_at, incident.id.uuid()});
    state_.write_audit(audit.named(incident));
    return {};
}

Result<IncidentDetails> MemoryIncidents::find_incident(IncidentId id) {
    const std::lock_guard lock(state_.mutex);
    const auto found = state_.incidents.find(id);
    if (found == state_.incidents.end()) return not_found(kNoIncident);
    return details_of(found->second);
}

Result<Page<Incident>> MemoryIncidents::list_incidents(const IncidentFilter& filter,
                                                       const PageRequest& page) {
    const std::lock_guard lock(state_.mutex);
    return take_page<Incident>(state_.incident_order, page, [&](const Uuid& id) {
        const Incident& incident = state_.incidents.at(IncidentId(id));
        const bool is_shown = (!filter.open || *filter.open != incident.closed_at.has_value()) &&
                              (!filter.name || *filter.name == incident.name) &&
                              (!filter.reference || *filter.reference == incident.reference);
        return is_shown ? &incident : nullptr;
    });
}

Result<Incident> MemoryIncidents::update_incident(IncidentId id, const IncidentPatch& patch,
                                                  Timestamp now, const AuditDraft& audit) {
    const std::lock_guard lock(state_.mutex);
    const auto found = state_.incidents.find(id);
    if (found == state_.incidents.end()) return not_found(kNoIncident);
    if (auto same = rules::check_conditions(audit, found->second); !same) return same.error();
    if (state_.audit_exists(audit.without_names())) return defect("audit id exists");
    fields::apply(patch, found->second);
    found->second.updated_at = now;
    state_.write_audit(audit.named(found->second));
    return found->second;
}

Result<IncidentDetails> MemoryIncidents::assign_to_incident(IncidentId id,
                                                            const IncidentAssignment& given,
                                                            Timestamp now,
                                                            const AuditDraft& audit) {
    const std::lock_guard lock(state_.mutex);
    const auto found = state_.incidents.find(id);
    if (found == state_.incidents.end()) return not_found(kNoIncident);
    if (auto same = rules::check_conditions(audit, found->second); !same) return same.error();
    if (found->second.closed_at) return conflict(kIncidentClosed);
    if (state_.audit_exists(audit.without_names())) return defect("audit id exists");
    const auto is_elsewhere = [&](const std::optional<IncidentId>& present) {
        return present && *present != id;
    };
    for (std::size_t i = 0; i < given.broadcaster_ids.size(); ++i) {
        const auto* entry = state_.visible_broadcaster(given.broadcaster_ids[i]);
        if (entry == nullptr) return names_nothing("broadcaster_ids", i, "broadcaster");
        if (is_elsewhere(entry->broadcaster.incident_id)) {
            return belongs_to_another("broadcaster_ids", i);
        }
    }
    for (std::size_t i = 0; i < given.stream_key_ids.size(); ++i) {
        const auto* entry = state_.visible_key(given.stream_key_ids[i]);
        if (entry == nullptr) return names_nothing("stream_key_ids", i, "stream key");
        if (is_elsewhere(entry->key.incident_id)) return belongs_to_another("stream_key_ids", i);
    }
    // With what is on air.
    const auto assign = [&](KeyEntry& entry) {
        entry.key.incident_id = id;
        if (!entry.stream) return;
        auto& stream = state_.streams.at(*entry.stream);
        if (!stream.incident_id) stream.incident_id = id;
    };
    for (const auto& broadcaster : given.broadcaster_ids) {
        auto* entry = state_.visible_broadcaster(broadcaster);
        entry->broadcaster.incident_id = id;
        for (const auto& place : entry->keys) {
            auto& key = state_.keys.at(StreamKeyId(place.id));
            if (!key.key.incident_id) assign(key);
        }
    }
    for (const auto& key : given.stream_key_ids) assign(*state_.visible_key(key));
    found->second.updated_at = now;
    state_.write_audit(audit.named(found->second));
    return details_of(found->second);
}

Result<IncidentDetails> MemoryIncidents::take_from_incident(IncidentId id,
                                                            const IncidentAssignment& given,
                                                            Timestamp now,
                                                            const AuditDraft& audit) {
    const std::lock_guard lock(state_.mutex);
    const auto found = state_.incidents.find(id);
    if (found == state_.incidents.end()) return not_found(kNoIncident);
    if (auto same = rules::check_conditions(audit, found->second); !same) return same.error();
    if (found->second.closed_at) return conflict(kIncidentClosed);
    if (state_.audit_exists(audit.without_names())) return defect("audit id exists");
    const auto take = [&](StreamKey& key) {
        if (key.incident_id == id && !key.until_closed) key.incident_id.reset();
    };
    for (const auto& broadcaster : given.broadcaster_ids) {
        auto* entry = state_.visible_broadcaster(broadcaster);
        if (entry == nullptr || entry->broadcaster.incident_id != id) continue;
        entry->broadcaster.incident_id.reset();
        for (const auto& place : entry->keys) take(state_.keys.at(StreamKeyId(place.id)).key);
    }
    for (const auto& key : given.stream_key_ids) {
        if (auto* entry = state_.visible_key(key)) take(entry->key);
    }
    found->second.updated_at = now;
    state_.write_audit(audit.named(found->second));
    return details_of(found->second);
}

void MemoryIncidents::end_key(KeyEntry& entry, Timestamp now) {
    entry.key.expires_at = now;
    state_.number_fact(entry);
    state_.cut_off(entry, EndReason::kIncidentClosed, now);
}

Result<IncidentOutcome> MemoryIncidents::close_incident(IncidentId id,
                                                        const IncidentClosing& closing,
                                                        const AuditDraft& audit) {
    const std::lock_guard lock(state_.mutex);
    const auto found = state_.incidents.find(id);
    if (found == state_.incidents.end()) return not_found(kNoIncident);
    if (auto same = rules::check_conditions(audit, found->second); !same) return same.error();
    IncidentOutcome outcome;
    outcome.changed = !found->second.closed_at.has_value();
    if (!outcome.changed) {
        outcome.incident = found->second;
        return outcome;
    }
    if (state_.audit_exists(audit.without_names())) return defect("audit id exists");
    for (auto& [broadcaster_id, entry] : state_.broadcasters) {
        if (entry.broadcaster.incident_id != id) continue;
        state_.broadcasters_when_closed[id].insert(broadcaster_id);
        entry.broadcaster.incident_id.reset();
    }
    for (auto& [key_id, entry] : state_.keys) {
        if (entry.key.incident_id != id) continue;
        state_.keys_when_closed[id].insert(key_id);
        if (!entry.key.until_closed) {
            entry.key.incident_id.reset();
        } else if (!entry.deleted && entry.key.status_at(closing.at) == StreamKeyStatus::kActive) {
            end_key(entry, closing.at);
            outcome.ended_keys.push_back(entry.key);
        }
    }
    std::sort(outcome.ended_keys.begin(), outcome.ended_keys.end(),
              [](const StreamKey& a, const StreamKey& b) { return a.id < b.id; });
    for (const auto& key : outcome.ended_keys) state_.append_cutoffs(key.id, outcome.cutoffs);
    for (auto& [link_id, row] : state_.guest_links) {
        if (row.link.incident_id == id && !row.link.closed_at) row.link.closed_at = closing.at;
    }
    found->second.closed_at = closing.at;
    found->second.closed_by = closing.by;
    found->second.updated_at = closing.at;
    state_.write_audit(audit.named(found->second));
    outcome.incident = found->second;
    return outcome;
}

Result<Incident> MemoryIncidents::reopen_incident(IncidentId id, Timestamp closed_after,
                                                  Timestamp now, const AuditDraft& audit) {
    const std::lock_guard lock(state_.mutex);
    const auto found = state_.incidents.find(id);
    if (found == state_.incidents.end()) return not_found(kNoIncident);
    if (auto same = rules::check_conditions(audit, found->second); !same) return same.error();
    Incident& incident = found->second;
    if (!incident.closed_at) return incident;
    if (*incident.closed_at <= closed_after) return conflict(kClosedLongAgo);
    if (auto room = check_open(audit); !room) return room.error();
    if (state_.audit_exists(audit.without_names())) return defect("audit id exists");
    state_.accounts_of_incidents[id] = audit.conditions().account;
    incident.closed_at.reset();
    incident.closed_by.clear();
    incident.updated_at = now;
    state_.write_audit(audit.named(incident));
    return incident;
}

}  // namespace rescuestream::memory
