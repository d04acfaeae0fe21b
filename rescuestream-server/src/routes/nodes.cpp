#include "routes/nodes.hpp"

#include "body_reader.hpp"
#include "caller.hpp"
#include "entity_tag.hpp"
#include "fields/node_json.hpp"
#include "problem.hpp"
#include "reply.hpp"
#include "rescuestream/json.hpp"
#include "rescuestream/record_version.hpp"
#include "rescuestream/stream_orchestrator.hpp"

namespace rescuestream::server {
namespace {

HttpResponse node_reply(const NodeStatus& status) {
    return with_version(json_reply(200, to_json(status)), record_version(status.node));
}

}  // namespace

HttpResponse list_nodes(const Context& context, const HttpRequest& request) {
    const auto nodes = context.orchestrator.list_nodes();
    if (!nodes) return problem(request, nodes.error());
    std::string items;
    for (const auto& node : *nodes) items += (items.empty() ? "" : ",") + to_json(node);
    return json_reply(
        200, "{\"nodes\":[" + items + "],\"count\":" + std::to_string(nodes->size()) + "}");
}

HttpResponse create_node(const Context& context, const HttpRequest& request) {
    BodyReader body(request.body);
    const NewNode input = fields::read_new_node(body);
    if (const auto error = body.error()) return problem(request, *error);

    const auto created = context.orchestrator.create_node(input, caller_of(request));
    if (!created) return problem(request, created.error());
    return with_version(created_reply("/nodes/" + created->node.name, to_json(*created)),
                        record_version(created->node));
}

HttpResponse show_node(const Context& context, const HttpRequest& request) {
    const auto node = context.orchestrator.find_node(request.path_segments.at(0));
    if (!node) return problem(request, node.error());
    return node_reply(*node);
}

HttpResponse update_node(const Context& context, const HttpRequest& request) {
    const std::string& name = request.path_segments.at(0);
    BodyReader body(request.body);
    const NodePatch patch = fields::read_node_patch(body);
    if (const auto error = body.error()) return problem(request, *error);

    const auto updated = context.orchestrator.update_node(name, patch, caller_of(request));
    if (!updated) return problem(request, updated.error());
    return node_reply(*updated);
}

HttpResponse enforce_node(const Context& context, const HttpRequest& request) {
    if (const auto error = check_no_members(request)) return problem(request, *error);
    const auto enforced =
        context.orchestrator.enforce_node(request.path_segments.at(0), caller_of(request));
    if (!enforced) return problem(request, enforced.error());
    return node_reply(*enforced);
}

HttpResponse delete_node(const Context& context, const HttpRequest& request) {
    const auto deleted =
        context.orchestrator.delete_node(request.path_segments.at(0), caller_of(request));
    return deleted ? empty_reply() : problem(request, deleted.error());
}

}  // namespace rescuestream::server
