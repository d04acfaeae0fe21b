#include "admin/http_nodes.hpp"

#include "admin/http_messages.hpp"
#include "fields/node_json.hpp"

namespace rescuestream::cli {
namespace {

std::string path_of(const std::string& name) {
    return "/nodes/" + percent_encode(name);
}

}  // namespace

Result<std::vector<NodeStatus>> HttpNodes::list_nodes() {
    auto page = messages::parse_list(caller_.call("GET", "/nodes"), "nodes", fields::read_node);
    if (!page) return std::move(page).error();
    return std::move(page->items);
}

Result<NodeStatus> HttpNodes::find_node(const std::string& name) {
    return messages::parse_answer(caller_.call("GET", path_of(name)), fields::read_node);
}

Result<NodeStatus> HttpNodes::create_node(const NewNode& input) {
    return messages::parse_answer(caller_.call("POST", "/nodes", "", fields::to_body(input)),
                                  fields::read_node);
}

Result<NodeStatus> HttpNodes::update_node(const std::string& name, const NodePatch& patch) {
    return messages::parse_answer(caller_.call("PATCH", path_of(name), "", fields::to_body(patch)),
                                  fields::read_node);
}

Result<NodeStatus> HttpNodes::enforce_node(const std::string& name) {
    return messages::parse_answer(caller_.call("POST", path_of(name) + "/enforce"),
                                  fields::read_node);
}

Result<void> HttpNodes::delete_node(const std::string& name) {
    const auto reply = caller_.call("DELETE", path_of(name));
    if (!reply) return reply.error();
    return {};
}

}  // namespace rescuestream::cli
