// Ends the state in which unknown publishers of a node are only listed.

#include "orchestrator/audit.hpp"
#include "orchestrator/impl.hpp"

namespace rescuestream {

Result<NodeStatus> StreamOrchestrator::enforce_node(const std::string& name, const Caller& caller) {
    const auto found = find_node(name);
    if (!found) return found;
    if (found->standing.is_enforced()) return found;
    NodeStanding ordered;
    ordered.enforced_at = now();
    const auto audit = make_audit_entry(
        {"enforce", "node", name, {{"label", found->node.label}, {"api_url", found->node.api_url}}},
        caller, *ordered.enforced_at, impl_->random);
    // Each program's settings contain the address of the default node; the order applies to any
    // address.
    const std::string api_url = found->is_default ? "" : found->node.api_url;
    const auto noted = impl_->storage->note_node_standing(name, api_url, ordered, audit);
    if (!noted) return noted.error();
    return find_node(name);  // the program that supervises the node reads it at its next poll
}

}  // namespace rescuestream
