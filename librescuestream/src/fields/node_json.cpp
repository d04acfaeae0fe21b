#include "fields/node_json.hpp"

#include <type_traits>

#include "fields/field_io.hpp"
#include "fields/node.hpp"
#include "fields/record_fields.hpp"
#include "json/record_io.hpp"
#include "rescuestream/json/node_json.hpp"

namespace rescuestream {

namespace {

constexpr auto kDescribeSource = [](auto& io, auto& source) {
    io.required("path", source.path);
    io.required("protocol", source.protocol);
    io.optional("address", source.remote_address);
    io.required("connection_id", source.connection);
    io.required("seen_at", source.seen_at);
};

constexpr auto kDescribeNote = [](auto& io, auto& note) {
    io.required("path", note.path);
    io.required("note", note.kind);
    io.required("reason", note.reason);
};

constexpr auto kDescribeNode = [](auto& io, auto& status) {
    constexpr bool kWrites = std::decay_t<decltype(io)>::kWrites;
    using Settings = std::conditional_t<kWrites, const NodeSettings, NodeSettings>;
    auto& node = status.node;
    auto& standing = status.standing;
    // The default node does not have these times.
    std::optional<Timestamp> created_at;
    std::optional<Timestamp> updated_at;
    io.required("name", node.name);
    fields::for_each_field(static_cast<Settings&>(node), fields::RecordFields(io));
    if constexpr (kWrites) {
        // A node that refuses publishers is shown as draining in any case; `health` shows its
        // state.
        io.required("state", node.draining ? "draining" : to_string(status.state));
        if (node.created_at != Timestamp{}) created_at = node.created_at;
        if (node.updated_at != Timestamp{}) updated_at = node.updated_at;
    }
    io.required("health", status.state);
    io.optional("reason", status.reason);
    io.required("draining", node.draining);
    io.required("default", status.is_default);
    io.optional("version", status.version);
    io.optional("last_seen_at", status.seen_at);
    io.optional("reconciled_by", status.reconciled_by);
    if constexpr (kWrites) {
        io.required("enforcement",
                    std::string_view(standing.is_enforced() ? "enforcing" : "watching"));
    }
    io.optional("asked_at", standing.asked_at);
    io.optional("enforced_at", standing.enforced_at);
    io.array("unknown_publishers", standing.unknown, kDescribeSource);
    io.array("path_notes", status.path_notes, kDescribeNote);
    io.optional("created_at", created_at);
    io.optional("updated_at", updated_at);
    if constexpr (!kWrites) {
        node.created_at = created_at.value_or(Timestamp{});
        node.updated_at = updated_at.value_or(Timestamp{});
    }
};

}  // namespace

std::string to_json(const NodeStatus& status) {
    return json::write_record(status, kDescribeNode);
}

NodeStatus fields::read_node(const rapidjson::Value& json) {
    return json::read_record<NodeStatus>(json, kDescribeNode);
}

namespace fields {

NewNode read_new_node(json::BodyReader& body) {
    NewNode input;
    for_each_field(input, InputReader(body, {}));
    return input;
}

NodePatch read_node_patch(json::BodyReader& body) {
    NodePatch patch;
    for_each_field(patch, InputReader(body, {}));
    return patch;
}

std::string to_body(const NewNode& input) {
    return json::object([&](json::Writer& writer) { for_each_field(input, BodyWriter(writer)); });
}

std::string to_body(const NodePatch& patch) {
    return json::object([&](json::Writer& writer) { for_each_field(patch, BodyWriter(writer)); });
}

}  // namespace fields
}  // namespace rescuestream
