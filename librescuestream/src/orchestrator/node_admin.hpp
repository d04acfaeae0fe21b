#pragma once

#include <string>
#include <vector>

#include "orchestrator/request_dependencies.hpp"
#include "rescuestream/audit_draft.hpp"
#include "rescuestream/caller.hpp"
#include "rescuestream/nodes.hpp"
#include "rescuestream/result.hpp"

namespace rescuestream {

/// The methods of StreamOrchestrator about nodes; its header documents them.
///
/// Thread-safety: all methods may be called from any thread.
class NodeAdmin {
public:
    explicit NodeAdmin(const RequestDependencies& dependencies) : d_(dependencies) {}

    Result<std::vector<NodeStatus>> list_nodes();
    Result<NodeStatus> find_node(const std::string& name);
    Result<NodeStatus> create_node(const NewNode& input, const Caller& caller);
    Result<NodeStatus> update_node(const std::string& name, const NodePatch& patch,
                                   const Caller& caller);
    Result<void> delete_node(const std::string& name, const Caller& caller);
    Result<NodeStatus> enforce_node(const std::string& name, const Caller& caller);

private:
    // A change that is refused with kChangedMeanwhile if another one comes between the check of an
    // address and the write.
    Result<NodeStatus> try_update(const std::string& name, const NodePatch& patch,
                                  const Caller& caller);
    Result<Node> update_default(const Node& present, const NodePatch& patch,
                                const AuditDraft& audit);

    const RequestDependencies d_;
};

}  // namespace rescuestream
