#include "routes/incidents.hpp"

#include <string>

#include "body_reader.hpp"
#include "caller.hpp"
#include "entity_tag.hpp"
#include "fields/incident_json.hpp"
#include "problem.hpp"
#include "query_reader.hpp"
#include "reply.hpp"
#include "rescuestream/json.hpp"
#include "rescuestream/record_version.hpp"
#include "rescuestream/stream_orchestrator.hpp"

namespace rescuestream::server {
namespace {

HttpResponse incident_reply(const Incident& incident) {
    return with_version(json_reply(200, to_json(incident)), record_version(incident));
}

HttpResponse incident_reply(const IncidentDetails& details) {
    return with_version(json_reply(200, to_json(details)), record_version(details.incident));
}

HttpResponse change_assignment(const Context& context, const HttpRequest& request,
                               Result<IncidentDetails> (StreamOrchestrator::*change)(
                                   IncidentId, const IncidentAssignment&, const Caller&)) {
    const auto id = path_id<IncidentId>(request);
    if (!id) return problem(request, id.error());
    BodyReader body(request.body);
    const IncidentAssignment given = fields::read_incident_assignment(body);
    if (const auto error = body.error()) return problem(request, *error);

    const auto changed = (context.orchestrator.*change)(*id, given, caller_of(request));
    if (!changed) return problem(request, changed.error());
    return incident_reply(*changed);
}

}  // namespace

HttpResponse list_incidents(const Context& context, const HttpRequest& request) {
    QueryReader query(request);
    IncidentFilter filter;
    if (const auto status = query.text("status")) {
        filter.open = *status == "open";
        if (*status != "open" && *status != "closed")
            query.fail("status", "must be open or closed");
    }
    filter.name = query.text("name");
    filter.reference = query.text("reference");
    const PageRequest page = query.page(kUsualPage);
    if (const auto error = query.error()) return problem(request, *error);

    const auto incidents = context.orchestrator.list_incidents(filter, page);
    if (!incidents) return problem(request, incidents.error());
    return list_reply("incidents", *incidents,
                      [](const Incident& incident) { return to_json(incident); });
}

HttpResponse create_incident(const Context& context, const HttpRequest& request) {
    BodyReader body(request.body);
    const NewIncident input = fields::read_new_incident(body);
    if (const auto error = body.error()) return problem(request, *error);

    const auto created = context.orchestrator.create_incident(input, caller_of(request));
    if (!created) return problem(request, created.error());
    return with_version(created_reply("/incidents/" + created->id.to_string(), to_json(*created)),
                        record_version(*created));
}

HttpResponse show_incident(const Context& context, const HttpRequest& request) {
    const auto id = path_id<IncidentId>(request);
    if (!id) return problem(request, id.error());

    const auto details = context.orchestrator.find_incident(*id);
    if (!details) return problem(request, details.error());
    return incident_reply(*details);
}

HttpResponse update_incident(const Context& context, const HttpRequest& request) {
    const auto id = path_id<IncidentId>(request);
    if (!id) return problem(request, id.error());
    BodyReader body(request.body);
    const IncidentPatch patch = fields::read_incident_patch(body);
    if (const auto error = body.error()) return problem(request, *error);

    const auto updated = context.orchestrator.update_incident(*id, patch, caller_of(request));
    if (!updated) return problem(request, updated.error());
    return incident_reply(*updated);
}

HttpResponse close_incident(const Context& context, const HttpRequest& request) {
    const auto id = path_id<IncidentId>(request);
    if (!id) return problem(request, id.error());
    if (const auto error = check_no_members(request)) return problem(request, *error);

    const auto closed = context.orchestrator.close_incident(*id, caller_of(request));
    if (!closed) return problem(request, closed.error());
    return with_version(
        json_reply(200, "{\"incident\":" + to_json(closed->incident) +
                            ",\"ended_keys\":" + std::to_string(closed->ended_keys) +
                            ",\"cutoff\":" + to_json(closed->cutoff) + "}"),
        record_version(closed->incident));
}

HttpResponse reopen_incident(const Context& context, const HttpRequest& request) {
    const auto id = path_id<IncidentId>(request);
    if (!id) return problem(request, id.error());
    if (const auto error = check_no_members(request)) return problem(request, *error);

    const auto reopened = context.orchestrator.reopen_incident(*id, caller_of(request));
    if (!reopened) return problem(request, reopened.error());
    return incident_reply(*reopened);
}

HttpResponse assign_to_incident(const Context& context, const HttpRequest& request) {
    return change_assignment(context, request, &StreamOrchestrator::assign_to_incident);
}

HttpResponse take_from_incident(const Context& context, const HttpRequest& request) {
    return change_assignment(context, request, &StreamOrchestrator::take_from_incident);
}

HttpResponse report_incident(const Context& context, const HttpRequest& request) {
    const auto id = path_id<IncidentId>(request);
    if (!id) return problem(request, id.error());
    QueryReader query(request);
    const std::string format = query.text("format").value_or("json");
    if (format != "json" && format != "markdown") query.fail("format", "must be json or markdown");
    if (const auto error = query.error()) return problem(request, *error);

    const auto report = context.orchestrator.incident_report(*id);
    if (!report) return problem(request, report.error());
    if (format == "json") return json_reply(200, to_json(*report));
    HttpResponse response;
    response.status = 200;
    response.content_type = "text/markdown; charset=utf-8";
    response.body = to_markdown(*report);
    return response;
}

}  // namespace rescuestream::server
