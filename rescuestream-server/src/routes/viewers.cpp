#include "routes/viewers.hpp"

#include "caller.hpp"
#include "problem.hpp"
#include "query_reader.hpp"
#include "reply.hpp"
#include "rescuestream/json.hpp"
#include "rescuestream/stream_orchestrator.hpp"

namespace rescuestream::server {
namespace {

PageRequest read_presence(QueryReader& query, ViewerFilter& filter) {
    const std::string state = query.text("state").value_or("present");
    if (state != "present" && state != "all") query.fail("state", "must be present or all");
    filter.present_only = state == "present";
    return query.page(kUsualPage);
}

HttpResponse viewer_list(const Context& context, const HttpRequest& request,
                         const ViewerFilter& filter, const PageRequest& page) {
    const auto viewers = context.orchestrator.list_viewers(filter, page, request.credential.get());
    if (!viewers) return problem(request, viewers.error());
    return list_reply("viewers", *viewers, [](const Viewer& viewer) { return to_json(viewer); });
}

}  // namespace

HttpResponse list_viewers(const Context& context, const HttpRequest& request) {
    QueryReader query(request);
    ViewerFilter filter;
    const PageRequest page = read_presence(query, filter);
    filter.path = query.text("path");
    filter.node = query.text("node");
    filter.viewer_id = query.text("viewer_id");
    filter.token_id = query.text("token_id");
    if (const auto error = query.error()) return problem(request, *error);
    return viewer_list(context, request, filter, page);
}

HttpResponse list_viewers_of_stream(const Context& context, const HttpRequest& request) {
    const auto id = path_id<StreamId>(request);
    if (!id) return problem(request, id.error());
    QueryReader query(request);
    ViewerFilter filter;
    const PageRequest page = read_presence(query, filter);
    if (const auto error = query.error()) return problem(request, *error);
    const auto stream = context.orchestrator.find_stream(*id, request.credential.get());
    if (!stream) return problem(request, stream.error());
    filter.path = stream->path;
    filter.node = stream->node;
    return viewer_list(context, request, filter, page);
}

HttpResponse show_viewer(const Context& context, const HttpRequest& request) {
    const auto id = path_id<Uuid>(request);
    if (!id) return problem(request, id.error());
    const auto viewer =
        context.orchestrator.find_viewer(ConnectionId{id->to_string()}, request.credential.get());
    if (!viewer) return problem(request, viewer.error());
    return json_reply(200, to_json(*viewer));
}

HttpResponse delete_viewer(const Context& context, const HttpRequest& request) {
    const auto id = path_id<Uuid>(request);
    if (!id) return problem(request, id.error());
    const auto removed =
        context.orchestrator.remove_viewer(ConnectionId{id->to_string()}, caller_of(request));
    if (!removed) return problem(request, removed.error());
    return json_reply(200, std::string("{\"removed\":") + (removed->is_gone ? "true" : "false") +
                               ",\"viewer\":" + to_json(removed->viewer) + "}");
}

}  // namespace rescuestream::server
