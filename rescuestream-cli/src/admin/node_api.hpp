#pragma once

#include <string>
#include <vector>

#include "rescuestream/nodes.hpp"
#include "rescuestream/result.hpp"

namespace rescuestream::cli {

/// The operations on nodes; see AdminApi.
class NodeApi {
public:
    virtual ~NodeApi() = default;

    /// The state of each node comes from the server, or from one request to the node.
    virtual Result<std::vector<NodeStatus>> list_nodes() = 0;
    virtual Result<NodeStatus> find_node(const std::string& name) = 0;
    virtual Result<NodeStatus> create_node(const NewNode& input) = 0;
    virtual Result<NodeStatus> update_node(const std::string& name, const NodePatch& patch) = 0;
    virtual Result<NodeStatus> enforce_node(const std::string& name) = 0;
    virtual Result<void> delete_node(const std::string& name) = 0;
};

}  // namespace rescuestream::cli
