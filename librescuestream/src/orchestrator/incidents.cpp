#include "orchestrator/incidents.hpp"

#include <algorithm>
#include <set>
#include <string>
#include <tuple>
#include <utility>

#include "fields/check.hpp"
#include "fields/incident.hpp"
#include "orchestrator/audit.hpp"
#include "orchestrator/counted_storage.hpp"
#include "orchestrator/key_changes.hpp"
#include "orchestrator/nodes.hpp"
#include "rules/gaps.hpp"
#include "support/make_uuid.hpp"

namespace rescuestream {
namespace {

// What a report reads at most.
constexpr std::size_t kMostReportedActions = 1'000;
constexpr std::size_t kMostSubjects = 2'000;
constexpr std::size_t kMostActionsOfSubject = 100;

Result<void> check_assignment(const IncidentAssignment& given) {
    if (!given.broadcaster_ids.empty() || !given.stream_key_ids.empty()) return {};
    Validation validation;
    validation.add("/stream_key_ids", "must name a stream key, or broadcaster_ids a broadcaster");
    return std::move(validation).error();
}

// The ids of all that an incident consists of.
std::set<std::string> subjects_of(const IncidentReport& report) {
    std::set<std::string> ids{report.details.incident.id.to_string()};
    for (const auto& id : report.details.assigned.broadcaster_ids) ids.insert(id.to_string());
    for (const auto& id : report.details.assigned.stream_key_ids) ids.insert(id.to_string());
    for (const auto& reported : report.streams) {
        ids.insert(reported.stream.id.to_string());
        ids.insert(reported.stream.stream_key_id.to_string());
        ids.insert(reported.stream.broadcaster_id.to_string());
    }
    return ids;
}

}  // namespace

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
    return d_.storage.assign_to_incident(id, given, at, draft("assign", id, caller, at));
}

Result<IncidentDetails> Incidents::take_from_incident(IncidentId id,
                                                      const IncidentAssignment& given,
                                                      const Caller& caller) {
    if (auto checked = check_assignment(given); !checked) return std::move(checked).error();
    const Timestamp at = d_.clock.now();
    return d_.storage.take_from_incident(id, given, at, draft("unassign", id, caller, at));
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

Result<IncidentReport> Incidents::incident_report(IncidentId id) {
    auto details = d_.storage.find_incident(id);
    if (!details) return std::move(details).error();
    IncidentReport report;
    report.details = *std::move(details);
    report.made_at = d_.clock.now();
    if (auto added = add_streams(report); !added) return std::move(added).error();
    if (auto added = add_actions(report); !added) return std::move(added).error();
    return report;
}

Result<void> Incidents::add_streams(IncidentReport& report) {
    StreamFilter filter;
    filter.incident_id = report.details.incident.id;
    PageRequest page;
    page.limit = kMostReportedStreams;
    auto streams = d_.storage.list_streams(filter, page);
    if (!streams) return std::move(streams).error();
    report.has_more_streams = streams->next.has_value();
    std::reverse(streams->items.begin(), streams->items.end());
    for (auto& stream : streams->items) {
        auto timeline = d_.storage.list_transitions(stream.id);
        if (!timeline) return std::move(timeline).error();
        report.streams.push_back({std::move(stream), rules::gaps_of(*timeline)});
    }
    return {};
}

Result<void> Incidents::add_actions(IncidentReport& report) {
    const Incident& incident = report.details.incident;
    AuditFilter filter;
    filter.from = incident.created_at;
    filter.to = incident.closed_at.value_or(report.made_at);
    filter.limit = kMostActionsOfSubject;
    std::size_t read = 0;
    for (const auto& subject : subjects_of(report)) {
        if (++read > kMostSubjects) {
            report.has_more_actions = true;
            break;
        }
        filter.resource_id = subject;
        auto found = d_.storage.list_audit(filter);
        if (!found) return std::move(found).error();
        report.has_more_actions = report.has_more_actions || found->total > found->entries.size();
        for (auto& entry : found->entries) report.actions.push_back(std::move(entry));
    }
    std::sort(report.actions.begin(), report.actions.end(), [](const auto& a, const auto& b) {
        return std::tie(a.timestamp, a.id) < std::tie(b.timestamp, b.id);
    });
    if (report.actions.size() > kMostReportedActions) {
        report.has_more_actions = true;
        report.actions.resize(kMostReportedActions);
    }
    return {};
}

AuditDraft Incidents::draft(std::string_view action, IncidentId id, const Caller& caller,
                            Timestamp at) {
    return make_audit_draft({action, "incident", id.to_string(), {}}, caller, at, d_.random);
}

}  // namespace rescuestream
