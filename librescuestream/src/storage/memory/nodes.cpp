// Media servers, and the leases of the programs that supervise them.
#include <algorithm>

#include "storage/memory/errors.hpp"
#include "storage/memory/memory_storage.hpp"

namespace rescuestream {

using memory::conflict;
using memory::not_found;

namespace {

constexpr const char* kNoNode = "There is no node with this name.";

}  // namespace

Result<void> MemoryStorage::create_node(const Node& node, const AuditEntry& audit) {
    const std::lock_guard lock(mutex_);
    if (!nodes_.try_emplace(node.name, node).second) {
        return conflict("There is a node with this name already.");
    }
    write_audit(audit);
    return {};
}

Result<std::vector<Node>> MemoryStorage::list_nodes() {
    const std::lock_guard lock(mutex_);
    std::vector<Node> nodes;
    for (const auto& [name, node] : nodes_) nodes.push_back(node);
    return nodes;
}

Result<void> MemoryStorage::update_node(const Node& node, const AuditEntry& audit) {
    const std::lock_guard lock(mutex_);
    const auto found = nodes_.find(node.name);
    if (found == nodes_.end()) return not_found(kNoNode);
    const Timestamp created_at = found->second.created_at;
    found->second = node;
    found->second.created_at = created_at;
    write_audit(audit);
    return {};
}

Result<void> MemoryStorage::delete_node(const std::string& name, const AuditEntry& audit) {
    const std::lock_guard lock(mutex_);
    if (!nodes_.contains(name)) return not_found(kNoNode);
    const bool is_in_use = std::any_of(
        open_stream_order_.begin(), open_stream_order_.end(),
        [&](const auto& place) { return streams_.at(StreamId(place.id)).node == name; });
    if (is_in_use) return conflict("A stream of this node has not ended.");
    nodes_.erase(name);
    leases_.erase(name);
    std::erase_if(standings_, [&](const auto& each) { return each.first.first == name; });
    unknown_sources_.erase(name);
    std::erase_if(cutoffs_, [&](const auto& each) { return each.second.node == name; });
    write_audit(audit);
    return {};
}

Result<NodeStanding> MemoryStorage::find_node_standing(const std::string& node,
                                                       const std::string& api_url) {
    const std::lock_guard lock(mutex_);
    NodeStanding standing;
    const auto earlier = [](auto& left, const auto& right) {
        if (right && (!left || *right < *left)) left = right;
    };
    for (const auto& address : {std::string(), api_url}) {
        const auto found = standings_.find({node, address});
        if (found == standings_.end()) continue;
        earlier(standing.asked_at, found->second.asked_at);
        earlier(standing.enforced_at, found->second.enforced_at);
    }
    if (const auto list = unknown_sources_.find(node); list != unknown_sources_.end()) {
        standing.unknown = list->second;
    }
    return standing;
}

Result<bool> MemoryStorage::note_node_standing(const std::string& node, const std::string& api_url,
                                               const NodeStanding& standing,
                                               const std::optional<AuditEntry>& audit) {
    if (!standing.is_enforced()) return false;
    const std::lock_guard lock(mutex_);
    NodeStanding& known = standings_[{node, api_url}];
    const NodeStanding before = known;
    if (!known.asked_at) known.asked_at = standing.asked_at;
    if (!known.enforced_at) known.enforced_at = standing.enforced_at;
    if (known == before) return false;
    if (audit) write_audit(*audit);
    return true;
}

Result<void> MemoryStorage::set_unknown_sources(const std::string& node,
                                                const std::vector<UnknownSource>& sources) {
    const std::lock_guard lock(mutex_);
    unknown_sources_[node] = sources;
    return {};
}

Result<NodeLease> MemoryStorage::hold_lease(const std::string& node, const std::string& holder,
                                            const std::optional<NodeLease>& expired) {
    const std::lock_guard lock(mutex_);
    NodeLease& lease = leases_[node];
    if (lease.holder.empty() || lease.holder == holder || lease == expired) {
        lease.holder = holder;
        ++lease.beat;
    }
    return lease;
}

Result<void> MemoryStorage::release_lease(const std::string& node, const std::string& holder) {
    const std::lock_guard lock(mutex_);
    const auto found = leases_.find(node);
    if (found != leases_.end() && found->second.holder == holder) leases_.erase(found);
    return {};
}

}  // namespace rescuestream
