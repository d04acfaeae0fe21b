#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "rescuestream/audit_draft.hpp"
#include "rescuestream/nodes.hpp"
#include "rescuestream/records.hpp"
#include "rescuestream/result.hpp"

namespace rescuestream {

/// The part of a Storage that keeps the registered media servers, their standing, and which program
/// supervises each.
///
/// `Storage` documents what applies to every method (atomicity, errors, thread-safety). A step adds
/// the node's names to its audit entry.
class NodeStorage {
public:
    /// kConflict: a node of this name exists, or one with this api_url (host and port; this machine
    /// under any name), or kMostNodes nodes; also when several callers create them at once.
    virtual Result<void> create_node(const Node& node, const AuditDraft& audit) = 0;
    /// All nodes, in the order of their names.
    virtual Result<std::vector<Node>> list_nodes() = 0;
    /// Sets the members that `patch` gives, and `updated_at`. Returns the node after that.
    /// kNotFound: no such node. kConflict: `patch` gives the api_url of another node.
    virtual Result<Node> update_node(const std::string& name, const NodePatch& patch, Timestamp now,
                                     const AuditDraft& audit) = 0;
    /// Deletes the node, its lease, its standing and its pending cut-offs. kNotFound: no such node.
    /// kConflict: a stream of the node has not ended.
    virtual Result<void> delete_node(const std::string& name, const AuditDraft& audit) = 0;

    /// Returns the standing of the media server at `api_url` under a node's name (registered or
    /// not), including what earlier releases stored without an address. An unknown node is not an
    /// error: its standing is empty.
    virtual Result<NodeStanding> find_node_standing(const std::string& node,
                                                    const std::string& api_url) = 0;
    /// Sets `asked_at` and `enforced_at` where they are not set yet; `unknown` is ignored. Returns
    /// true if that changed something; then `audit` was written, if it is given. Its conditions are
    /// those of the node of this name; they are fulfilled if there is none.
    virtual Result<bool> note_node_standing(const std::string& node, const std::string& api_url,
                                            const NodeStanding& standing,
                                            const std::optional<AuditDraft>& audit) = 0;
    /// Deletes what is recorded about the media servers of a node, at every address. Returns true
    /// if there was something; then `audit` was written. The list of unknown sources stays.
    virtual Result<bool> withdraw_node_standing(const std::string& node,
                                                const AuditDraft& audit) = 0;
    /// Replaces the list of unknown sources of a node.
    virtual Result<void> set_unknown_sources(const std::string& node,
                                             const std::vector<UnknownSource>& sources) = 0;

    /// Takes or renews the lease of a node for `holder` if nobody has it, if `holder` has it, or if
    /// it still equals `expired`. Returns the lease after that, whoever holds it.
    virtual Result<NodeLease> hold_lease(const std::string& node, const std::string& holder,
                                         const std::optional<NodeLease>& expired) = 0;
    /// Releases the lease. If another holder has it, this does nothing and is not an error.
    virtual Result<void> release_lease(const std::string& node, const std::string& holder) = 0;

protected:
    ~NodeStorage() = default;  // Owned as a Storage.
};

inline constexpr std::size_t kMostNodes = 200;

}  // namespace rescuestream
