#pragma once

#include <optional>
#include <string>
#include <vector>

#include "rescuestream/nodes.hpp"
#include "rescuestream/records.hpp"
#include "rescuestream/result.hpp"

namespace rescuestream {

/// The part of a Storage that keeps the registered media servers, what is known of each, and which
/// program looks after it.
///
/// What holds for every method (atomicity, errors, thread-safety) is said at `Storage`.
class NodeStorage {
public:
    /// kConflict: a node of this name exists.
    virtual Result<void> create_node(const Node& node, const AuditEntry& audit) = 0;
    /// All nodes, in the order of their names.
    virtual Result<std::vector<Node>> list_nodes() = 0;
    /// Replaces everything but `name` and `created_at`. kNotFound.
    virtual Result<void> update_node(const Node& node, const AuditEntry& audit) = 0;
    /// Deletes the node with its lease, its standing and the cut-offs that were pending there.
    /// kNotFound; kConflict: a stream of it has not ended.
    virtual Result<void> delete_node(const std::string& name, const AuditEntry& audit) = 0;

    /// What is known of the media server at `api_url` under a node's name (registered or not), also
    /// what earlier releases wrote without an address. An unknown node is no error: then nothing is
    /// known.
    virtual Result<NodeStanding> find_node_standing(const std::string& node,
                                                    const std::string& api_url) = 0;
    /// Adds `asked_at` and `enforced_at` where nothing stands yet; `unknown` is ignored. True: it
    /// changed, and `audit` was written, if there is one.
    virtual Result<bool> note_node_standing(const std::string& node, const std::string& api_url,
                                            const NodeStanding& standing,
                                            const std::optional<AuditEntry>& audit) = 0;
    /// Replaces the list of unknown sources of a node.
    virtual Result<void> set_unknown_sources(const std::string& node,
                                             const std::vector<UnknownSource>& sources) = 0;

    /// Takes or renews the lease of a node for `holder`: when nobody has it, when `holder` has it,
    /// or when it is still exactly `expired`. The lease as it is then, whoever has it.
    virtual Result<NodeLease> hold_lease(const std::string& node, const std::string& holder,
                                         const std::optional<NodeLease>& expired) = 0;
    /// Gives the lease up. Does nothing, and is no error, when another holder has it.
    virtual Result<void> release_lease(const std::string& node, const std::string& holder) = 0;

protected:
    ~NodeStorage() = default;  // Owned as a Storage.
};

}  // namespace rescuestream
