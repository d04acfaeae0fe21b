#include "admin/http_admin.hpp"
#include "admin/http_messages.hpp"

namespace rescuestream::cli {
namespace {

std::string path_of(const std::string& name) {
    return "/nodes/" + percent_encode(name);
}

void write_addresses(json::Writer& writer, const PublicAddresses& addresses) {
    writer.Key("addresses");
    writer.StartObject();
    json::member(writer, "webrtc", std::string_view(addresses.webrtc));
    json::member(writer, "hls", std::string_view(addresses.hls));
    json::member(writer, "rtsp", std::string_view(addresses.rtsp));
    json::member(writer, "rtmp", std::string_view(addresses.rtmp));
    json::member(writer, "srt", std::string_view(addresses.srt));
    writer.EndObject();
}

NodeState read_state(const std::string& word) {
    for (const auto state : {NodeState::kUnknown, NodeState::kUp, NodeState::kNotAsking,
                             NodeState::kDegraded, NodeState::kUnreachable}) {
        if (word == to_string(state)) return state;
    }
    read::fail("health", "is not a state of a node");
}

NodeStanding read_standing(const rapidjson::Value& json) {
    NodeStanding standing;
    standing.asked_at = read::optional_time(json, "asked_at");
    standing.enforced_at = read::optional_time(json, "enforced_at");
    if (read::find(json, "unknown_publishers") == nullptr) return standing;  // an older server
    for (const auto& item : read::array(json, "unknown_publishers").GetArray()) {
        UnknownSource source;
        source.path = read::text(item, "path");
        source.protocol = read::enumerator<Protocol>(item, "protocol");
        source.remote_address = read::optional_text(item, "address").value_or("");
        source.connection = ConnectionId{read::text(item, "connection_id")};
        source.seen_at = read::time(item, "seen_at");
        standing.unknown.push_back(std::move(source));
    }
    return standing;
}

NodeStatus read_node(const rapidjson::Value& json) {
    NodeStatus status;
    Node& node = status.node;
    node.name = read::text(json, "name");
    node.label = read::text(json, "label");
    node.api_url = read::text(json, "api_url");
    node.api_user = read::optional_text(json, "api_user").value_or("");
    const auto& addresses = read::member(json, "addresses");
    node.addresses = {read::text(addresses, "webrtc"), read::text(addresses, "hls"),
                      read::text(addresses, "rtsp"), read::text(addresses, "rtmp"),
                      read::text(addresses, "srt")};
    node.draining = read::flag(json, "draining");
    node.created_at = read::optional_time(json, "created_at").value_or(Timestamp{});
    node.updated_at = read::optional_time(json, "updated_at").value_or(Timestamp{});
    status.is_default = read::flag(json, "default");
    status.state = read_state(read::text(json, "health"));
    status.reason = read::optional_text(json, "reason").value_or("");
    status.version = read::optional_text(json, "version").value_or("");
    status.seen_at = read::optional_time(json, "last_seen_at");
    status.reconciled_by = read::optional_text(json, "reconciled_by").value_or("");
    status.standing = read_standing(json);
    return status;
}

}  // namespace

Result<std::vector<NodeStatus>> HttpAdmin::list_nodes() {
    auto page = messages::parse_list(call("GET", "/nodes"), "nodes", read_node);
    if (!page) return std::move(page).error();
    return std::move(page->items);
}

Result<NodeStatus> HttpAdmin::find_node(const std::string& name) {
    return messages::parse_answer(call("GET", path_of(name)), read_node);
}

Result<NodeStatus> HttpAdmin::create_node(const NewNode& input) {
    const auto body = json::object([&](json::Writer& writer) {
        json::member(writer, "name", std::string_view(input.name));
        json::member(writer, "label", std::string_view(input.label));
        json::member(writer, "api_url", std::string_view(input.api_url));
        json::member(writer, "api_user", std::string_view(input.api_user));
        json::member(writer, "api_password", std::string_view(input.api_password.reveal()));
        write_addresses(writer, input.addresses);
    });
    return messages::parse_answer(call("POST", "/nodes", "", body), read_node);
}

Result<NodeStatus> HttpAdmin::update_node(const std::string& name, const NodePatch& patch) {
    const auto body = json::object([&](json::Writer& writer) {
        json::optional_member(writer, "label", patch.label);
        json::optional_member(writer, "api_url", patch.api_url);
        json::optional_member(writer, "api_user", patch.api_user);
        if (patch.api_password) {
            json::member(writer, "api_password", std::string_view(patch.api_password->reveal()));
        }
        if (patch.addresses) write_addresses(writer, *patch.addresses);
        if (patch.draining) {
            writer.Key("draining");
            writer.Bool(*patch.draining);
        }
    });
    return messages::parse_answer(call("PATCH", path_of(name), "", body), read_node);
}

Result<NodeStatus> HttpAdmin::enforce_node(const std::string& name) {
    return messages::parse_answer(call("POST", path_of(name) + "/enforce"), read_node);
}

Result<void> HttpAdmin::delete_node(const std::string& name) {
    const auto reply = call("DELETE", path_of(name));
    if (!reply) return reply.error();
    return {};
}

}  // namespace rescuestream::cli
