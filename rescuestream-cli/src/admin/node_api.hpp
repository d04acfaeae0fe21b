#pragma once

#include <string>
#include <vector>

#include "rescuestream/nodes.hpp"
#include "rescuestream/result.hpp"

namespace rescuestream::cli {

/// What commands on nodes ask for; see AdminApi.
class NodeApi {
public:
    /// The state of each node is what the server knows, or what one question to the node answers.
    virtual Result<std::vector<NodeStatus>> list_nodes() = 0;
    virtual Result<NodeStatus> find_node(const std::string& name) = 0;
    virtual Result<NodeStatus> create_node(const NewNode& input) = 0;
    virtual Result<NodeStatus> update_node(const std::string& name, const NodePatch& patch) = 0;
    virtual Result<NodeStatus> enforce_node(const std::string& name) = 0;
    virtual Result<void> delete_node(const std::string& name) = 0;

protected:
    ~NodeApi() = default;  // Owned as an AdminApi.
};

}  // namespace rescuestream::cli
