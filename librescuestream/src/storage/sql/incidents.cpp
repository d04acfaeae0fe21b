#include "storage/sql/incidents.hpp"

#include <algorithm>
#include <utility>

#include "fields/incident.hpp"
#include "rules/conditions.hpp"
#include "storage/assignment_errors.hpp"
#include "storage/errors.hpp"
#include "storage/messages.hpp"
#include "storage/room.hpp"
#include "storage/shown_assigned.hpp"
#include "storage/sql/incident_statements.hpp"
#include "storage/sql/query.hpp"
#include "storage/sql/records.hpp"
#include "storage/sql/row_sources.hpp"
#include "storage/sql/step_parts.hpp"

namespace rescuestream::sql {
namespace {

struct AssignedKey {
    StreamKeyId id;
    KeyDigest digest{};
    bool until_closed = false;
};
using AssignedKeys = std::vector<AssignedKey>;

AssignedKey read_assigned_key(RowReader row) {
    AssignedKey key;
    key.id = row.own_id<StreamKeyId>();
    key.digest = row.digest();
    key.until_closed = row.boolean();
    return key;
}

// Those whose ids can be read.
AssignedKeys read_assigned_keys(const Rows& rows) {
    return read_leniently(rows, kKeyRows, nullptr, read_assigned_key);
}

template <class IdType>
std::vector<IdType> read_ids(const Rows& rows) {
    return read_leniently(rows, kKeyRows, nullptr,
                          [](RowReader row) { return row.own_id<IdType>(); });
}

void append(AssignedKeys& keys, const Rows& rows) {
    for (auto& key : read_assigned_keys(rows)) keys.push_back(key);
}

// In the order in which shared claims lock keys; no key twice.
void put_in_order(AssignedKeys& keys) {
    const auto by_digest = [](const AssignedKey& a, const AssignedKey& b) {
        return a.digest < b.digest;
    };
    const auto is_same = [](const AssignedKey& a, const AssignedKey& b) { return a.id == b.id; };
    std::sort(keys.begin(), keys.end(), by_digest);
    keys.erase(std::unique(keys.begin(), keys.end(), is_same), keys.end());
}

// Ids in ascending order, with their places in what was given.
template <class IdType>
std::vector<std::pair<IdType, std::size_t>> ordered(const std::vector<IdType>& ids) {
    std::vector<std::pair<IdType, std::size_t>> places;
    places.reserve(ids.size());
    for (std::size_t i = 0; i < ids.size(); ++i) places.emplace_back(ids[i], i);
    std::sort(places.begin(), places.end());
    return places;
}

IncidentDetails read_details(Connection& connection, const Incident& incident) {
    // One more shows whether there are more.
    const Values this_one{incident.id.uuid(), count_of(kMostShownAssigned + 1)};
    IncidentDetails details{incident, {}};
    details.assigned.broadcaster_ids =
        read_ids<BroadcasterId>(*connection.run(kBroadcastersOfIncident, this_one));
    details.assigned.stream_key_ids =
        read_ids<StreamKeyId>(*connection.run(kListedKeysOfIncident, this_one));
    const auto remembered = [&](const char* kind) {
        return connection.run(kRememberedOfIncident,
                              {incident.id.uuid(), kind, count_of(kMostShownAssigned)});
    };
    details.assigned_when_closed.broadcaster_ids =
        read_ids<BroadcasterId>(*remembered("broadcaster"));
    details.assigned_when_closed.stream_key_ids = read_ids<StreamKeyId>(*remembered("stream_key"));
    limit_assigned(details);
    return details;
}

bool is_elsewhere(const std::optional<IncidentId>& present, IncidentId id) {
    return present && *present != id;
}

}  // namespace

template <class T, class Work>
Result<T> SqlIncidents::change_incident(IncidentId id, Timestamp now, const AuditDraft& audit,
                                        Work work, Damaged damaged) {
    return write<T>([&](Connection& connection) -> Result<T> {
        auto found =
            read_first_leniently(*connection.run(kFindIncident + dialect().lock_row, {id.uuid()}),
                                 kIncidentRows, read_incident);
        if (!found) return not_found(kNoIncident);
        if (damaged == Damaged::kRefused) found->require_readable();
        Incident* const incident = &found->record;
        if (auto same = rules::check_conditions(audit, *incident); !same) return same.error();
        const Result<bool> changed = work(connection, *incident);
        if (!changed) return changed.error();
        if (*changed) {
            incident->updated_at = now;
            connection.run(kUpdateIncident, values_of(*incident));
            write_audit(connection, audit.named(*incident));
        }
        if constexpr (std::is_same_v<T, IncidentDetails>) {
            return read_details(connection, *incident);
        } else {
            return std::move(*incident);
        }
    });
}

// Until the commit, nobody else opens one: two callers must not both open the last one.
Result<void> SqlIncidents::check_open_incidents(Connection& connection, const AuditDraft& audit) {
    take_turn(connection, dialect(), Turn::kOpenIncident);
    const std::string& account = audit.conditions().account;
    const auto counted =
        connection.run(kCountOpenIncidents, {count_of(kMostOpenIncidents), account});
    return check_room(read_occupancy(*counted), kMostOpenIncidents, account,
                      {kTooManyIncidents, kTooManyIncidentsOfLimited});
}

Result<void> SqlIncidents::create_incident(const Incident& incident, const AuditDraft& audit) {
    return write<void>([&](Connection& connection) -> Result<void> {
        if (!incident.closed_at) {
            if (auto room = check_open_incidents(connection, audit); !room) return room.error();
        }
        Values values = values_of(incident);
        values.emplace_back(audit.conditions().account);
        connection.run(kInsertIncident, values);
        write_audit(connection, audit.named(incident));
        return {};
    });
}

Result<IncidentDetails> SqlIncidents::find_incident(IncidentId id) {
    return read<IncidentDetails>([&](Connection& connection) -> Result<IncidentDetails> {
        const auto incident = read_first_named(*connection.run(kFindIncident, {id.uuid()}),
                                               kIncidentRows, read_incident);
        if (!incident) return not_found(kNoIncident);
        return read_details(connection, *incident);
    });
}

Result<Page<Incident>> SqlIncidents::list_incidents(const IncidentFilter& filter,
                                                    const PageRequest& page) {
    return read<Page<Incident>>([&](Connection& connection) {
        Query query(kSelectIncidents);
        if (filter.name) query.where("i.name = " + query.bind(*filter.name));
        if (filter.reference) query.where("i.reference = " + query.bind(*filter.reference));
        if (filter.open) {
            const std::string is_open =
                *filter.open ? "i.closed_at IS NULL" : "i.closed_at IS NOT NULL";
            // Those of one name are few.
            query.where(filter.name || filter.reference ? hidden(is_open) : is_open);
        }
        const PageOfRows of{kIncidentRows, "i.created_at", "i.id", unreadable()};
        return run_page(connection, std::move(query), page, of, read_incident);
    });
}

Result<Incident> SqlIncidents::update_incident(IncidentId id, const IncidentPatch& patch,
                                               Timestamp now, const AuditDraft& audit) {
    return change_incident<Incident>(id, now, audit,
                                     [&](Connection&, Incident& incident) -> Result<bool> {
                                         fields::apply(patch, incident);
                                         return true;
                                     });
}

Result<IncidentDetails> SqlIncidents::assign_to_incident(IncidentId id,
                                                         const IncidentAssignment& given,
                                                         Timestamp now, const AuditDraft& audit) {
    const auto assign = [&](Connection& connection, const Incident& incident) -> Result<bool> {
        if (incident.closed_at) return conflict(kIncidentClosed);
        AssignedKeys keys;
        for (const auto& [broadcaster, place] : ordered(given.broadcaster_ids)) {
            const auto found = read_first_named(
                *connection.run(kFindBroadcaster + dialect().lock_row, {broadcaster.uuid()}),
                kBroadcasterRows, read_broadcaster);
            if (!found) return names_nothing("broadcaster_ids", place, "broadcaster");
            if (is_elsewhere(found->incident_id, id)) {
                return belongs_to_another("broadcaster_ids", place);
            }
            connection.run(kAssignBroadcaster, {broadcaster.uuid(), id.uuid()});
            append(keys, *connection.run(kFreeKeysOfBroadcaster, {broadcaster.uuid()}));
        }
        for (const auto& [key, place] : ordered(given.stream_key_ids)) {
            const auto rows = connection.run(kIncidentOfKey, {key.uuid()});
            if (rows->size() == 0) return names_nothing("stream_key_ids", place, "stream key");
            append(keys, *rows);
        }
        put_in_order(keys);
        for (const auto& key : keys) {
            const bool is_assigned =
                connection.run(kAssignKey, {key.id.uuid(), id.uuid()})->size() == 1;
            const auto& ids = given.stream_key_ids;
            const auto named = std::find(ids.begin(), ids.end(), key.id);
            if (is_assigned) connection.run(kAssignStream, {key.id.uuid(), id.uuid()});
            if (is_assigned || named == ids.end()) continue;
            return belongs_to_another("stream_key_ids",
                                      static_cast<std::size_t>(named - ids.begin()));
        }
        return true;
    };
    return change_incident<IncidentDetails>(id, now, audit, assign);
}

Result<IncidentDetails> SqlIncidents::take_from_incident(IncidentId id,
                                                         const IncidentAssignment& given,
                                                         Timestamp now, const AuditDraft& audit) {
    const auto take = [&](Connection& connection, const Incident& incident) -> Result<bool> {
        if (incident.closed_at) return conflict(kIncidentClosed);
        AssignedKeys keys;
        for (const auto& [broadcaster, place] : ordered(given.broadcaster_ids)) {
            const auto found = read_first_named(
                *connection.run(kFindBroadcaster + dialect().lock_row, {broadcaster.uuid()}),
                kBroadcasterRows, read_broadcaster);
            if (!found || found->incident_id != id) continue;
            connection.run(kReleaseBroadcaster, {broadcaster.uuid(), id.uuid()});
            append(keys,
                   *connection.run(kKeysOfBroadcasterInIncident, {broadcaster.uuid(), id.uuid()}));
        }
        for (const auto& key : given.stream_key_ids) {
            append(keys, *connection.run(kIncidentOfKey, {key.uuid()}));
        }
        put_in_order(keys);
        for (const auto& key : keys) {
            if (!key.until_closed) connection.run(kReleaseKey, {key.id.uuid(), id.uuid()});
        }
        return true;
    };
    return change_incident<IncidentDetails>(id, now, audit, take);
}

Result<IncidentOutcome> SqlIncidents::close_incident(IncidentId id, const IncidentClosing& closing,
                                                     const AuditDraft& audit) {
    IncidentOutcome outcome;
    const auto close = [&](Connection& connection, Incident& incident) -> Result<bool> {
        outcome = {};  // the work may be repeated
        if (incident.closed_at) return false;
        outcome.changed = true;
        connection.run(kRememberAssigned, {id.uuid()});
        connection.run(kReleaseBroadcasters, {id.uuid()});
        for (const auto& key : read_assigned_keys(*connection.run(kKeysOfIncident, {id.uuid()}))) {
            if (!key.until_closed) {
                connection.run(kReleaseKey, {key.id.uuid(), id.uuid()});
                continue;
            }
            const auto session = lock_session(connection, dialect(), key.id);
            if (!session || session->deleted ||
                session->key.status_at(closing.at) != StreamKeyStatus::kActive) {
                continue;
            }
            write_cutoffs_of_key(connection, *session, EndReason::kIncidentClosed, closing.at);
            connection.run(kEndKey, {key.id.uuid(), closing.at});
            connection.run(kEndClaimOfKey, {key.id.uuid()});
            outcome.ended_keys.push_back(session->key);
            outcome.ended_keys.back().expires_at = closing.at;
        }
        std::sort(outcome.ended_keys.begin(), outcome.ended_keys.end(),
                  [](const StreamKey& a, const StreamKey& b) { return a.id < b.id; });
        for (const auto& key : outcome.ended_keys) {
            for (auto& cutoff : read_cutoffs(*connection.run(kCutoffsOfKey, {key.id.uuid()}))) {
                outcome.cutoffs.push_back(std::move(cutoff));
            }
        }
        connection.run(kCloseGuestLinksOfIncident, {id.uuid(), closing.at});
        incident.closed_at = closing.at;
        incident.closed_by = closing.by;
        return true;
    };
    auto closed = told(change_incident<Incident>(id, closing.at, audit, close, Damaged::kChanged));
    if (!closed) return std::move(closed).error();
    outcome.incident = *std::move(closed);
    return outcome;
}

Result<Incident> SqlIncidents::reopen_incident(IncidentId id, Timestamp closed_after, Timestamp now,
                                               const AuditDraft& audit) {
    const auto reopen = [&](Connection& connection, Incident& incident) -> Result<bool> {
        if (!incident.closed_at) return false;
        if (*incident.closed_at <= closed_after) return conflict(kClosedLongAgo);
        if (auto room = check_open_incidents(connection, audit); !room) return room.error();
        connection.run(kSetAccountOfIncident, {id.uuid(), audit.conditions().account});
        incident.closed_at.reset();
        incident.closed_by.clear();
        return true;
    };
    return change_incident<Incident>(id, now, audit, reopen);
}

}  // namespace rescuestream::sql
