#include "routes/broadcasters.hpp"

#include "body_reader.hpp"
#include "caller.hpp"
#include "entity_tag.hpp"
#include "fields/broadcaster_json.hpp"
#include "problem.hpp"
#include "query_reader.hpp"
#include "reply.hpp"
#include "rescuestream/json.hpp"
#include "rescuestream/record_version.hpp"
#include "rescuestream/stream_orchestrator.hpp"

namespace rescuestream::server {
namespace {

std::string render(const Broadcaster& broadcaster) {
    return to_json(broadcaster);
}

HttpResponse change_broadcaster(
    const Context& context, const HttpRequest& request,
    Result<ChangedBroadcaster> (StreamOrchestrator::*change)(BroadcasterId, const Caller&)) {
    const auto id = path_id<BroadcasterId>(request);
    if (!id) return problem(request, id.error());
    if (const auto error = check_no_members(request)) return problem(request, *error);

    const auto changed = (context.orchestrator.*change)(*id, caller_of(request));
    if (!changed) return problem(request, changed.error());
    return with_version(cutoff_reply("broadcaster", to_json(changed->broadcaster), changed->cutoff),
                        record_version(changed->broadcaster));
}

}  // namespace

HttpResponse list_broadcasters(const Context& context, const HttpRequest& request) {
    QueryReader query(request);
    const PageRequest page = query.page();
    if (const auto error = query.error()) return problem(request, *error);

    const auto broadcasters =
        context.orchestrator.list_broadcasters(page, request.credential.get());
    if (!broadcasters) return problem(request, broadcasters.error());
    return list_reply("broadcasters", *broadcasters, render);
}

HttpResponse create_broadcaster(const Context& context, const HttpRequest& request) {
    BodyReader body(request.body);
    const NewBroadcaster input = fields::read_new_broadcaster(body);
    if (const auto error = body.error()) return problem(request, *error);

    const auto created = context.orchestrator.create_broadcaster(input, caller_of(request));
    if (!created) return problem(request, created.error());
    return with_version(
        created_reply("/broadcasters/" + created->id.to_string(), to_json(*created)),
        record_version(*created));
}

HttpResponse show_broadcaster(const Context& context, const HttpRequest& request) {
    const auto id = path_id<BroadcasterId>(request);
    if (!id) return problem(request, id.error());

    const auto broadcaster = context.orchestrator.find_broadcaster(*id, request.credential.get());
    if (!broadcaster) return problem(request, broadcaster.error());
    return with_version(json_reply(200, to_json(*broadcaster)), record_version(*broadcaster));
}

HttpResponse update_broadcaster(const Context& context, const HttpRequest& request) {
    const auto id = path_id<BroadcasterId>(request);
    if (!id) return problem(request, id.error());
    BodyReader body(request.body);
    const BroadcasterPatch patch = fields::read_broadcaster_patch(body);
    if (const auto error = body.error()) return problem(request, *error);

    const auto updated = context.orchestrator.update_broadcaster(*id, patch, caller_of(request));
    if (!updated) return problem(request, updated.error());
    return with_version(json_reply(200, to_json(*updated)), record_version(*updated));
}

HttpResponse delete_broadcaster(const Context& context, const HttpRequest& request) {
    const auto id = path_id<BroadcasterId>(request);
    if (!id) return problem(request, id.error());
    QueryReader query(request);
    const bool force = query.flag("force");
    if (const auto error = query.error()) return problem(request, *error);

    const auto report = context.orchestrator.delete_broadcaster(*id, force, caller_of(request));
    if (!report) return problem(request, report.error());
    return cutoff_reply(*report);
}

HttpResponse disable_broadcaster(const Context& context, const HttpRequest& request) {
    return change_broadcaster(context, request, &StreamOrchestrator::disable_broadcaster);
}

HttpResponse enable_broadcaster(const Context& context, const HttpRequest& request) {
    return change_broadcaster(context, request, &StreamOrchestrator::enable_broadcaster);
}

}  // namespace rescuestream::server
