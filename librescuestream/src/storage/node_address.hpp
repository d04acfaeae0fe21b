#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

#include "rescuestream/nodes.hpp"
#include "rescuestream/result.hpp"
#include "rescuestream/storage/nodes.hpp"
#include "storage/errors.hpp"
#include "storage/messages.hpp"
#include "storage/room.hpp"
#include "support/url.hpp"

namespace rescuestream {

/// Returns kConflict if there are `count` nodes and the caller may not make another one.
inline Result<void> check_room_for_node(std::size_t count, const AuditDraft& audit) {
    const std::string& account = audit.conditions().account;
    return check_room({count, count, 0}, kMostNodes, account,
                      {kTooManyNodes, kTooManyNodesForLimited});
}

/// Returns kConflict if another one of `nodes` has the address of `node`.
inline Result<void> check_address(const Node& node, const std::vector<Node>& nodes) {
    const auto other = std::find_if(nodes.begin(), nodes.end(), [&](const Node& each) {
        return each.name != node.name && is_same_machine_port(each.api_url, node.api_url);
    });
    if (other == nodes.end()) return {};
    Error error =
        conflict("This is the MediaMTX of the node " + other->name +
                 " already (it has the same address): one MediaMTX can only be one node.");
    error.fields.push_back({"/api_url", error.message});
    return error;
}

}  // namespace rescuestream
