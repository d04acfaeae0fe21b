#include "admin/http_nodes.hpp"

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
    const auto body = json::object([&](json::Writer& writer) {
        json::member(writer, "name", std::string_view(input.name));
        json::member(writer, "label", std::string_view(input.label));
        json::member(writer, "api_url", std::string_view(input.api_url));
        json::member(writer, "api_user", std::string_view(input.api_user));
        json::member(writer, "api_password", std::string_view(input.api_password.reveal()));
        write_addresses(writer, input.addresses);
    });
    return messages::parse_answer(caller_.call("POST", "/nodes", "", body), fields::read_node);
}

Result<NodeStatus> HttpNodes::update_node(const std::string& name, const NodePatch& patch) {
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
    return messages::parse_answer(caller_.call("PATCH", path_of(name), "", body), fields::read_node);
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
