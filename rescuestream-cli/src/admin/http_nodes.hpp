#pragma once

#include "admin/http_caller.hpp"
#include "admin/node_api.hpp"

namespace rescuestream::cli {

/// Carries out the operations on nodes by a server's HTTP API.
class HttpNodes : public virtual NodeApi {
public:
    explicit HttpNodes(HttpCaller& caller) : caller_(caller) {}

    Result<std::vector<NodeStatus>> list_nodes() override;
    Result<NodeStatus> find_node(const std::string& name) override;
    Result<NodeStatus> create_node(const NewNode& input) override;
    Result<NodeStatus> update_node(const std::string& name, const NodePatch& patch) override;
    Result<NodeStatus> enforce_node(const std::string& name) override;
    Result<void> delete_node(const std::string& name) override;

protected:
    ~HttpNodes() = default;  // Owned as an AdminApi.

private:
    HttpCaller& caller_;
};

}  // namespace rescuestream::cli
