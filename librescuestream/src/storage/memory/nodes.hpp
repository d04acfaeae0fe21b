#pragma once

#include "rescuestream/storage/nodes.hpp"
#include "storage/memory/state.hpp"

namespace rescuestream::memory {

/// Keeps media servers, and the leases of the programs that look after them.
class MemoryNodes : public virtual NodeStorage {
public:
    explicit MemoryNodes(MemoryState& state) : state_(state) {}

    Result<void> create_node(const Node& node, const AuditDraft& audit) override;
    Result<std::vector<Node>> list_nodes() override;
    Result<Node> update_node(const std::string& name, const NodePatch& patch, Timestamp now,
                             const AuditDraft& audit) override;
    Result<void> delete_node(const std::string& name, const AuditDraft& audit) override;
    Result<NodeStanding> find_node_standing(const std::string& node,
                                            const std::string& api_url) override;
    Result<bool> note_node_standing(const std::string& node, const std::string& api_url,
                                    const NodeStanding& standing,
                                    const std::optional<AuditDraft>& audit) override;
    Result<bool> withdraw_node_standing(const std::string& node, const AuditDraft& audit) override;
    Result<void> set_unknown_sources(const std::string& node,
                                     const std::vector<UnknownSource>& sources) override;
    Result<NodeLease> hold_lease(const std::string& node, const std::string& holder,
                                 const std::optional<NodeLease>& expired) override;
    Result<void> release_lease(const std::string& node, const std::string& holder) override;

protected:
    ~MemoryNodes() = default;  // Owned as a Storage.

private:
    std::vector<Node> all() const;

    MemoryState& state_;
};

}  // namespace rescuestream::memory
