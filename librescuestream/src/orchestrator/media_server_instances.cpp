#include "orchestrator/media_server_instances.hpp"

namespace rescuestream {

std::optional<std::string> MediaServerInstances::note(const std::string& node,
                                                      const MediaServerInfo& info) {
    if (const auto other = other_than(node, info); other && node != default_node_) {
        forget(node);
        return other;
    }
    const std::lock_guard lock(mutex_);
    by_node_[node] = info;
    return std::nullopt;
}

std::optional<std::string> MediaServerInstances::other_than(const std::string& node,
                                                            const MediaServerInfo& info) const {
    if (!info.started) return std::nullopt;
    const std::lock_guard lock(mutex_);
    for (const auto& [other, known] : by_node_) {
        if (other != node && known == info) return other;
    }
    return std::nullopt;
}

void MediaServerInstances::forget(const std::string& node) {
    const std::lock_guard lock(mutex_);
    by_node_.erase(node);
}

}  // namespace rescuestream
