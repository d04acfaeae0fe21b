#include "rescuestream/health.hpp"

#include <algorithm>

#include "rescuestream/nodes.hpp"

namespace rescuestream {

std::string_view to_string(CheckStatus status) noexcept {
    switch (status) {
        case CheckStatus::kOk:
            return "ok";
        case CheckStatus::kWarning:
            return "warning";
        case CheckStatus::kFailed:
            return "failed";
    }
    return "failed";
}

HealthCheck check_of(const NodeStatus& node, Timestamp now) {
    HealthCheck check{"node:" + node.node.name, CheckStatus::kWarning, {}, {}};
    if (node.seen_at) {
        const auto age = std::chrono::duration_cast<std::chrono::milliseconds>(now - *node.seen_at);
        check.age = std::max(age, std::chrono::milliseconds(0));  // a clock may be set back
    }
    switch (node.state) {
        case NodeState::kUp:
            check.status = CheckStatus::kOk;
            if (node.node.draining) check.reason = "The node is draining: it accepts no publisher.";
            break;
        case NodeState::kUnreachable:
            check.reason = "The media server cannot be reached.";
            break;
        case NodeState::kUnknown:
            check.reason = "The media server has not been polled yet.";
            break;
        case NodeState::kNotAsking:
        case NodeState::kDegraded:
            // The details could help an attacker, and these checks are public.
            check.reason = "The node needs attention: see `rescuestream-cli node show " +
                           node.node.name + "` or `GET /nodes`.";
            break;
    }
    return check;
}

template <>
std::optional<CheckStatus> parse_enum(std::string_view name) noexcept {
    for (const auto status : {CheckStatus::kOk, CheckStatus::kWarning, CheckStatus::kFailed}) {
        if (to_string(status) == name) return status;
    }
    return std::nullopt;
}

}  // namespace rescuestream
