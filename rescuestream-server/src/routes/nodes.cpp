#include "routes/nodes.hpp"

#include <utility>

#include "body_reader.hpp"
#include "caller.hpp"
#include "problem.hpp"
#include "reply.hpp"
#include "rescuestream/json.hpp"
#include "rescuestream/stream_orchestrator.hpp"

namespace rescuestream::server {
namespace {

constexpr BodyReader::TextRules kMayBeBlank{.max = 255, .may_be_blank = true};

// Reads a node's addresses. A WebRTC address is sufficient: addresses that are not given are then
// on the same host. Errors are stored in `error`.
std::optional<PublicAddresses> read_addresses(BodyReader& body, const PublicAddresses& before,
                                              std::optional<Error>& error) {
    const auto object = body.object("addresses");
    if (!object) return std::nullopt;
    BodyReader members(object->text());
    PublicAddresses addresses = before;
    if (const auto webrtc = members.raw_text("webrtc")) {
        const auto derived = derive_public_addresses(*webrtc);
        addresses = derived ? *derived : before;
        addresses.webrtc = *webrtc;  // a wrong one is reported together with the others
    }
    for (const auto& [name, address] :
         {std::pair("hls", &addresses.hls), std::pair("rtsp", &addresses.rtsp),
          std::pair("rtmp", &addresses.rtmp), std::pair("srt", &addresses.srt)}) {
        if (auto given = members.raw_text(name)) *address = *std::move(given);
    }
    error = members.error();
    if (error) {
        for (auto& field : error->fields) field.pointer = "/addresses" + field.pointer;
    }
    return addresses;
}

std::optional<Secret> read_password(BodyReader& body) {
    const auto text = body.raw_text("api_password");
    if (!text) return std::nullopt;
    return Secret(*text);
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
    std::optional<Error> wrong_address;
    NewNode input;
    input.name = body.required_text("name", {});
    input.label = body.text("label", kMayBeBlank).value_or("");
    input.api_url = body.required_text("api_url", {.max = 1'024});
    input.api_user = body.text("api_user", kMayBeBlank).value_or("");
    input.api_password = read_password(body).value_or(Secret());
    if (auto addresses = read_addresses(body, input.addresses, wrong_address)) {
        input.addresses = *std::move(addresses);
    }
    if (const auto error = body.error()) return problem(request, *error);
    if (wrong_address) return problem(request, *wrong_address);

    const auto created = context.orchestrator.create_node(input, caller_of(request));
    if (!created) return problem(request, created.error());
    return created_reply("/nodes/" + created->node.name, to_json(*created));
}

HttpResponse show_node(const Context& context, const HttpRequest& request) {
    const auto node = context.orchestrator.find_node(request.path_segments.at(0));
    if (!node) return problem(request, node.error());
    return json_reply(200, to_json(*node));
}

HttpResponse update_node(const Context& context, const HttpRequest& request) {
    const std::string& name = request.path_segments.at(0);
    const auto before = context.orchestrator.find_node(name);
    if (!before) return problem(request, before.error());
    BodyReader body(request.body);
    std::optional<Error> wrong_address;
    NodePatch patch;
    patch.label = body.text("label", kMayBeBlank);
    patch.api_url = body.text("api_url", {.max = 1'024});
    patch.api_user = body.text("api_user", kMayBeBlank);
    patch.api_password = read_password(body);
    patch.addresses = read_addresses(body, before->node.addresses, wrong_address);
    patch.draining = body.boolean("draining");
    if (const auto error = body.error()) return problem(request, *error);
    if (wrong_address) return problem(request, *wrong_address);

    const auto updated = context.orchestrator.update_node(name, patch, caller_of(request));
    if (!updated) return problem(request, updated.error());
    return json_reply(200, to_json(*updated));
}

HttpResponse enforce_node(const Context& context, const HttpRequest& request) {
    if (const auto error = check_no_members(request)) return problem(request, *error);
    const auto enforced =
        context.orchestrator.enforce_node(request.path_segments.at(0), caller_of(request));
    if (!enforced) return problem(request, enforced.error());
    return json_reply(200, to_json(*enforced));
}

HttpResponse delete_node(const Context& context, const HttpRequest& request) {
    const auto deleted =
        context.orchestrator.delete_node(request.path_segments.at(0), caller_of(request));
    return deleted ? empty_reply() : problem(request, deleted.error());
}

}  // namespace rescuestream::server
