#include "rescuestream/nodes.hpp"

namespace rescuestream {

std::string_view to_string(NodeState value) noexcept {
    switch (value) {
        case NodeState::kUnknown:
            return "unknown";
        case NodeState::kUp:
            return "up";
        case NodeState::kNotAsking:
            return "not_asking";
        case NodeState::kDegraded:
            return "degraded";
        case NodeState::kUnreachable:
            return "unreachable";
    }
    return "";
}

template <>
std::optional<NodeState> parse_enum(std::string_view name) noexcept {
    for (const auto state : {NodeState::kUnknown, NodeState::kUp, NodeState::kNotAsking,
                             NodeState::kDegraded, NodeState::kUnreachable}) {
        if (to_string(state) == name) return state;
    }
    return std::nullopt;
}

std::string_view to_string(PathNoteKind kind) noexcept {
    switch (kind) {
        case PathNoteKind::kHelper:
            return "helper";
        case PathNoteKind::kIgnored:
            return "ignored";
        case PathNoteKind::kNotPlayable:
            return "not_playable";
        case PathNoteKind::kNoTakeover:
            return "no_takeover";
    }
    return "";
}

template <>
std::optional<PathNoteKind> parse_enum(std::string_view name) noexcept {
    for (const auto kind : {PathNoteKind::kHelper, PathNoteKind::kIgnored,
                            PathNoteKind::kNotPlayable, PathNoteKind::kNoTakeover}) {
        if (to_string(kind) == name) return kind;
    }
    return std::nullopt;
}

void judge_standing(NodeStatus& status) {
    const NodeStanding& standing = status.standing;
    const bool asks_nobody = !status.asks_nobody.empty();
    const bool has_unasked = !standing.asked_at && !standing.unknown.empty();
    if (status.state != NodeState::kUp || !(asks_nobody || has_unasked)) return;
    status.state = NodeState::kNotAsking;
    const std::string of_node = status.is_default ? "" : " --node " + status.node.name;
    const std::string what =
        asks_nobody
            ? "The media server does not ask this server who may publish: its configuration says " +
                  status.asks_nobody + ". Publishers that were not accepted here: "
            : "The media server has publishers that were not accepted here, and it has not been "
              "seen to send an auth request about any of them; ";
    status.reason =
        what + (standing.is_enforced() ? "each is removed" : "they are only listed") +
        ". Configure it to ask this server: `authMethod: http` and `authHTTPAddress: "
        "http://THIS-SERVER/auth" +
        (status.is_default ? "" : "/" + status.node.name) +
        "` in mediamtx.yml, as `rescuestream-cli mediamtx config" + of_node +
        "` writes it (that change makes MediaMTX drop its connections, so give every encoder a key "
        "first)" +
        (standing.is_enforced()
             ? "."
             : "; or remove them: `rescuestream-cli node enforce " + status.node.name + "`.");
}

}  // namespace rescuestream
