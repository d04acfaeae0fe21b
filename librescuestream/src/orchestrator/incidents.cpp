#include "orchestrator/incidents.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "fields/check.hpp"
#include "fields/incident.hpp"
#include "orchestrator/audit.hpp"
#include "orchestrator/counted_storage.hpp"
#include "orchestrator/key_changes.hpp"
#include "orchestrator/nodes.hpp"
#include "support/make_uuid.hpp"

namespace rescuestream {
namespace {

Result<void> check_assignment(const IncidentAssignment& given) {
    if (!given.broadcaster_ids.empty() || !given.stream_key_ids.empty()) return {};
    Validation validation;
    validation.add("/stream_key_ids", "must name a stream key, or broadcaster_ids a broadcaster");
    return std::move(validation).error();
}

// An audit entry has room for so many.
constexpr std::size_t kMostNamedIds = 400;

template <class IdType>
std::string ids_text(const std::vector<IdType>& ids) {
    std::string text;
    for (std::size_t i = 0; i < std::min(ids.size(), kMostNamedIds); ++i) {
        text += (i == 0 ? "" : " ") + ids[i].to_string();
    }
    return text;
}

}  // namespace

std::string token_owner(const IncidentId& incident) {
    return "incident:" + incident.to_string();
}

Result<Incident> Incidents::create_incident(const NewIncident& input, const Caller& caller) {
    Validation validation;
    const Timestamp at = d_.clock.now();
    fields::for_each_field(input, fields::Check(validation, at));
    if (validation.failed()) return std::move(validation).error();

    Incident incident{input, IncidentId(make_uuid(at, d_.random)), at, at, caller.actor, {}, {}};
    const auto created =
        d_.storage.create_incident(incident, draft("open", incident.id, caller, at));
    if (!created) return created.error();
    return incident;
}

Result<IncidentDetails> Incidents::find_incident(IncidentId id) {
    return d_.storage.find_incident(id);
}

Result<Page<Incident>> Incidents::list_incidents(const IncidentFilter& filter,
                                                 const PageRequest& page) {
    return d_.storage.list_incidents(filter, page);
}

Result<Incident> Incidents::update_incident(IncidentId id, const IncidentPatch& patch,
                                            const Caller& caller) {
    Validation validation;
    const Timestamp at = d_.clock.now();
    fields::for_each_field(patch, fields::Check(validation, at));
    if (validation.failed()) return std::move(validation).error();
    return d_.storage.update_incident(id, patch, at, draft("update", id, caller, at));
}

Result<IncidentDetails> Incidents::assign_to_incident(IncidentId id,
                                                      const IncidentAssignment& given,
                                                      const Caller& caller) {
    if (auto checked = check_assignment(given); !checked) return std::move(checked).error();
    const Timestamp at = d_.clock.now();
    return d_.storage.assign_to_incident(
        id, given, at,
        draft("assign", id, caller, at,
              {{"broadcaster_ids", ids_text(given.broadcaster_ids)},
               {"stream_key_ids", ids_text(given.stream_key_ids)}}));
}

Result<IncidentDetails> Incidents::take_from_incident(IncidentId id,
                                                      const IncidentAssignment& given,
                                                      const Caller& caller) {
    if (auto checked = check_assignment(given); !checked) return std::move(checked).error();
    const Timestamp at = d_.clock.now();
    return d_.storage.take_from_incident(
        id, given, at,
        draft("unassign", id, caller, at,
              {{"broadcaster_ids", ids_text(given.broadcaster_ids)},
               {"stream_key_ids", ids_text(given.stream_key_ids)}}));
}

Result<ClosedIncident> Incidents::close_incident(IncidentId id, const Caller& caller) {
    const Timestamp at = d_.clock.now();
    return d_.changes.close_incident(d_.nodes, id, {at, caller.actor},
                                     draft("close", id, caller, at));
}

Result<Incident> Incidents::reopen_incident(IncidentId id, const Caller& caller) {
    const Timestamp at = d_.clock.now();
    return d_.storage.reopen_incident(id, at - kReopenableFor, at, draft("reopen", id, caller, at));
}

AuditDraft Incidents::draft(std::string_view action, IncidentId id, const Caller& caller,
                            Timestamp at, json::AuditNames facts) {
    return make_audit_draft({action, "incident", id.to_string(), facts}, caller, at, d_.random);
}

}  // namespace rescuestream
