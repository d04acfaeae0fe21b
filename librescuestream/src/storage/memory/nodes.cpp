#include "storage/memory/nodes.hpp"

#include <algorithm>

#include "fields/node.hpp"
#include "rules/conditions.hpp"
#include "storage/errors.hpp"
#include "storage/messages.hpp"
#include "storage/node_address.hpp"

namespace rescuestream::memory {

Result<void> MemoryNodes::create_node(const Node& node, const AuditDraft& audit) {
    const std::lock_guard lock(state_.mutex);
    if (auto mine = state_.check_reservation(audit); !mine) return mine.error();
    if (auto room = check_room_for_node(state_.nodes.size(), audit); !room) return room;
    if (state_.nodes.contains(node.name)) {
        return conflict("There is a node with this name already.");
    }
    if (auto free = check_address(node, all()); !free) return free;
    state_.nodes.emplace(node.name, node);
    state_.write_audit(audit.named(node));
    return {};
}

Result<std::vector<Node>> MemoryNodes::list_nodes() {
    const std::lock_guard lock(state_.mutex);
    return all();
}

std::vector<Node> MemoryNodes::all() const {
    std::vector<Node> nodes;
    for (const auto& [name, node] : state_.nodes) nodes.push_back(node);
    return nodes;
}

Result<Node> MemoryNodes::update_node(const std::string& name, const NodePatch& patch,
                                      Timestamp now, const AuditDraft& audit) {
    const std::lock_guard lock(state_.mutex);
    const auto found = state_.nodes.find(name);
    if (found == state_.nodes.end()) return not_found(kNoNode);
    Node& node = found->second;
    if (auto same = rules::check_conditions(audit, node); !same) return same.error();
    if (patch.api_url) {
        Node changed = node;
        fields::apply(patch, changed);
        if (auto free = check_address(changed, all()); !free) return free.error();
    }
    fields::apply(patch, node);
    node.updated_at = now;
    state_.write_audit(audit.named(node));
    return node;
}

Result<void> MemoryNodes::delete_node(const std::string& name, const AuditDraft& audit) {
    const std::lock_guard lock(state_.mutex);
    const auto found = state_.nodes.find(name);
    if (found == state_.nodes.end()) return not_found(kNoNode);
    const bool is_in_use = std::any_of(
        state_.open_stream_order.begin(), state_.open_stream_order.end(),
        [&](const auto& place) { return state_.streams.at(StreamId(place.id)).node == name; });
    if (auto same = rules::check_conditions(audit, found->second); !same) return same.error();
    if (is_in_use) return conflict("A stream of this node has not ended.");
    state_.write_audit(audit.named(found->second));
    state_.nodes.erase(found);
    state_.leases.erase(name);
    std::erase_if(state_.standings, [&](const auto& each) { return each.first.first == name; });
    state_.unknown_sources.erase(name);
    std::erase_if(state_.cutoffs, [&](const auto& each) { return each.second.node == name; });
    return {};
}

Result<NodeStanding> MemoryNodes::find_node_standing(const std::string& node,
                                                     const std::string& api_url) {
    const std::lock_guard lock(state_.mutex);
    NodeStanding standing;
    const auto earlier = [](auto& left, const auto& right) {
        if (right && (!left || *right < *left)) left = right;
    };
    for (const auto& address : {std::string(), api_url}) {
        const auto found = state_.standings.find({node, address});
        if (found == state_.standings.end()) continue;
        earlier(standing.asked_at, found->second.asked_at);
        earlier(standing.enforced_at, found->second.enforced_at);
    }
    if (const auto list = state_.unknown_sources.find(node); list != state_.unknown_sources.end()) {
        standing.unknown = list->second;
    }
    return standing;
}

Result<bool> MemoryNodes::note_node_standing(const std::string& node, const std::string& api_url,
                                             const NodeStanding& standing,
                                             const std::optional<AuditDraft>& audit) {
    if (!standing.is_enforced()) return false;
    const std::lock_guard lock(state_.mutex);
    const auto registered = state_.nodes.find(node);
    if (audit && registered != state_.nodes.end()) {
        if (auto same = rules::check_conditions(*audit, registered->second); !same)
            return same.error();
    }
    NodeStanding& known = state_.standings[{node, api_url}];
    const NodeStanding before = known;
    if (!known.asked_at) known.asked_at = standing.asked_at;
    if (!known.enforced_at) known.enforced_at = standing.enforced_at;
    if (known == before) return false;
    if (audit) {
        state_.write_audit(
            audit->with_label(registered == state_.nodes.end() ? "" : registered->second.label));
    }
    return true;
}

Result<bool> MemoryNodes::withdraw_node_standing(const std::string& node, const AuditDraft& audit) {
    const std::lock_guard lock(state_.mutex);
    const auto deleted =
        std::erase_if(state_.standings, [&](const auto& each) { return each.first.first == node; });
    if (deleted == 0) return false;
    const auto registered = state_.nodes.find(node);
    state_.write_audit(
        audit.with_label(registered == state_.nodes.end() ? "" : registered->second.label));
    return true;
}

Result<void> MemoryNodes::set_unknown_sources(const std::string& node,
                                              const std::vector<UnknownSource>& sources) {
    const std::lock_guard lock(state_.mutex);
    state_.unknown_sources[node] = sources;
    return {};
}

Result<NodeLease> MemoryNodes::hold_lease(const std::string& node, const std::string& holder,
                                          const std::optional<NodeLease>& expired) {
    const std::lock_guard lock(state_.mutex);
    NodeLease& lease = state_.leases[node];
    if (lease.holder.empty() || lease.holder == holder || lease == expired) {
        lease.holder = holder;
        ++lease.beat;
    }
    return lease;
}

Result<void> MemoryNodes::release_lease(const std::string& node, const std::string& holder) {
    const std::lock_guard lock(state_.mutex);
    const auto found = state_.leases.find(node);
    if (found != state_.leases.end() && found->second.holder == holder) state_.leases.erase(found);
    return {};
}

}  // namespace rescuestream::memory
