#include "routes/audit.hpp"

#include <fmt/format.h>

#include "body_reader.hpp"
#include "caller.hpp"
#include "problem.hpp"
#include "protection.hpp"
#include "query_reader.hpp"
#include "refusals.hpp"
#include "reply.hpp"
#include "rescuestream/json.hpp"
#include "rescuestream/stream_orchestrator.hpp"

namespace rescuestream::server {
namespace {

constexpr std::size_t kDefaultLimit = 50;
constexpr std::size_t kMaxLimit = 100;
constexpr std::size_t kMaxOffset = 1'000'000'000;
constexpr std::size_t kDefaultExport = 1'000;

void read_filter(QueryReader& query, AuditFilter& filter) {
    filter.action = query.text("action");
    filter.actor_contains = query.text("actor");
    filter.resource_type = query.text("resource_type");
    if (const auto id = query.id<AuditEntryId>("resource_id")) filter.resource_id = id->to_string();
    filter.incident_id = query.id<IncidentId>("incident_id");
    filter.from = query.time("from");
    filter.to = query.time("to");
}

// Of everybody who has the shared secret together: they choose their names themselves.
std::optional<HttpResponse> refuse_more_events(const Context& context, const HttpRequest& request) {
    if (context.protection == nullptr) return std::nullopt;
    const auto outcome = context.protection->audit_events.take(
        account_of(request), std::chrono::steady_clock::now(), stored_units(request.body));
    if (outcome.allowed) return std::nullopt;
    return too_many(request, outcome.reset,
                    "This credential reports too many audit events: the limit, together with the "
                    "credentials that it made, is 1 MiB at once and 2 KiB a second after that, and "
                    "each event counts as at least 1 KiB. The event was not recorded.");
}

}  // namespace

HttpResponse list_audit_logs(const Context& context, const HttpRequest& request) {
    // The front end's form also sends the fields that are not filled in.
    QueryReader query(request, QueryReader::EmptyText::kAbsent);
    AuditFilter filter;
    filter.limit = query.number("limit", 1, kMaxLimit).value_or(kDefaultLimit);
    filter.offset = query.number("offset", 0, kMaxOffset).value_or(0);
    read_filter(query, filter);
    if (const auto error = query.error()) return problem(request, *error);

    const auto page = context.orchestrator.list_audit(filter, request.credential.get());
    if (!page) return problem(request, page.error());
    std::string entries;
    for (const auto& entry : page->entries) {
        if (!entries.empty()) entries += ',';
        entries += to_json(entry);
    }
    return json_reply(
        200, fmt::format("{{\"audit_logs\":[{}],\"pagination\":{{\"limit\":{},"
                         "\"offset\":{},\"total\":{},\"total_is_exact\":{}}}}}",
                         entries, filter.limit, filter.offset, page->total, page->total_is_exact));
}

// One line of JSON for each entry. The caller follows the header to the next part, so neither side
// has to hold all of it.
HttpResponse export_audit_logs(const Context& context, const HttpRequest& request) {
    QueryReader query(request);
    AuditFilter filter;
    read_filter(query, filter);
    PageRequest page = query.page();
    if (const auto error = query.error()) return problem(request, *error);
    if (!page.limit) page.limit = kDefaultExport;

    const auto entries = context.orchestrator.export_audit(filter, page, request.credential.get());
    if (!entries) return problem(request, entries.error());
    HttpResponse response;
    response.content_type = "application/x-ndjson";
    for (const auto& entry : entries->items) response.body.append(to_json(entry)).append("\n");
    if (entries->next) {
        response.headers.emplace_back("RescueStream-Next-Cursor", entries->next->encode());
    }
    return response;
}

HttpResponse create_audit_event(const Context& context, const HttpRequest& request) {
    if (const auto refusal = refuse_more_events(context, request)) return *refusal;
    BodyReader body(request.body);
    NewAuditEvent event;
    event.event_type = body.required_text("event_type", {.max = 64});
    event.actor = body.text("actor", {});
    event.resource_type = body.text("resource_type", {.max = 64});
    event.resource_id = body.uuid("resource_id");
    event.request_method = body.text("request_method", {.max = 32});
    event.request_path = body.text("request_path", {.max = 2'048, .may_be_blank = true});
    event.outcome = body.word<AuditOutcome>("outcome", "success or failure");
    event.failure_reason = body.text("failure_reason", {.max = 2'000, .may_be_blank = true});
    event.metadata = body.object("metadata").value_or(JsonObject{});
    if (const auto error = body.error()) return problem(request, *error);

    const auto entry = context.orchestrator.record_audit_event(event, caller_of(request));
    if (!entry) return problem(request, entry.error());
    return json_reply(201, to_json(*entry));
}

}  // namespace rescuestream::server
