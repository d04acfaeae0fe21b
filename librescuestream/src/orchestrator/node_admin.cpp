#include "orchestrator/node_admin.hpp"

#include <algorithm>
#include <utility>

#include "fields/check.hpp"
#include "fields/node.hpp"
#include "orchestrator/audit.hpp"
#include "orchestrator/counted_storage.hpp"
#include "orchestrator/nodes.hpp"
#include "rescuestream/record_version.hpp"
#include "rules/conditions.hpp"
#include "support/url.hpp"
#include "support/validation.hpp"

namespace rescuestream {
namespace {

constexpr int kTries = 8;
constexpr const char* kNoNode = "There is no node with this name.";

// The stored password was given for the stored address. A caller who may change the address must
// not learn the password that way.
void check_destination(Validation& validation, const Node& before, const NodePatch& given) {
    if (!given.api_url || before.api_password.empty() || given.api_password) return;
    if (is_same_origin(before.api_url, *given.api_url)) return;
    validation.add("/api_password",
                   "must be given together with another api_url, since the stored one is not sent "
                   "to another server; an empty one stores none");
}

// A visitor for the members of a change of the default node: only its label and whether it is
// draining may be given.
class SettingsAlone {
public:
    SettingsAlone(Validation& validation, const fields::Check& check)
        : validation_(validation), check_(check) {}

    template <class Member>
    void operator()(const Field& field, const Member& given) const {
        if (field.name == fields::kNodeLabel.name || field.name == fields::kDraining.name) {
            check_(field, given);
        } else if (is_given(given)) {
            validation_.add("/" + std::string(field.name),
                            "is set up by this server's settings (MEDIAMTX_API_URL and others) for "
                            "the default node");
        }
    }

private:
    template <class T>
    static bool is_given(const std::optional<T>& given) {
        return given.has_value();
    }
    static bool is_given(const AddressPatch& given) { return !given.empty(); }

    Validation& validation_;
    const fields::Check& check_;
};

AuditDraft draft(std::string_view action, const std::string& name, const Caller& caller,
                 Timestamp at, RandomSource& random) {
    return make_audit_draft({action, "node", name, {}}, caller, at, random);
}

Error no_node() {
    return {ErrorCode::kNotFound, kNoNode, {}, {}};
}

// What was checked about a node must be true for the node that is changed: if the caller permits
// the version that was checked, or any, then only that version remains.
RequestConditions narrowed(RequestConditions conditions, const Node& checked) {
    auto& versions = conditions.versions;
    const auto version = record_version(checked);
    const bool permits =
        versions.empty() || std::find(versions.begin(), versions.end(), version) != versions.end();
    if (permits) versions = {version};
    return conditions;
}

// Returns the state of a node that has just been stored. If the storage stops answering now, this
// is not an error, because the change is made.
NodeStatus status_after(Nodes& nodes, const Node& node) {
    (void)nodes.refresh();  // else its thread does it within two seconds
    const auto watch = nodes.find(node.name);
    NodeStatus status = watch ? nodes.status_of(*watch) : NodeStatus{};
    status.node = node;
    return status;
}

}  // namespace

Result<std::vector<NodeStatus>> NodeAdmin::list_nodes() {
    if (const auto done = d_.nodes.refresh(); !done) return done.error();
    std::vector<NodeStatus> statuses;
    for (const auto& watch : d_.nodes.all()) {
        statuses.push_back(d_.nodes.status_of(*watch));
    }
    return statuses;
}

Result<NodeStatus> NodeAdmin::find_node(const std::string& name) {
    if (const auto done = d_.nodes.refresh(); !done) return done.error();
    const auto watch = d_.nodes.find(name);
    if (!watch || name.empty()) return no_node();
    return d_.nodes.status_of(*watch);
}

Result<NodeStatus> NodeAdmin::create_node(const NewNode& input, const Caller& caller) {
    Validation validation;
    fields::for_each_field(input, fields::Check(validation, d_.clock.now()));
    if (validation.failed()) return std::move(validation).error();
    Node node{static_cast<const NodeSettings&>(input), input.name};
    node.created_at = node.updated_at = d_.clock.now();
    if (node.name == d_.settings.node) {
        return Error{ErrorCode::kConflict, "This is the name of the default node.", {}, {}};
    }
    if (const auto usable = d_.nodes.check(node); !usable) return usable.error();
    const auto created = d_.storage.create_node(
        node, draft("create", node.name, caller, node.created_at, d_.random));
    if (!created) return created.error();
    return status_after(d_.nodes, node);
}

Result<NodeStatus> NodeAdmin::update_node(const std::string& name, const NodePatch& patch,
                                          const Caller& caller) {
    for (int tries = 1;; ++tries) {
        auto updated = try_update(name, patch, caller);
        const bool was_overtaken = !updated && updated.error().code == ErrorCode::kChangedMeanwhile;
        // A caller without conditions wants its change of the node as it is by then.
        const bool goes_on = was_overtaken && caller.conditions.versions.empty() && tries < kTries;
        if (!goes_on) return updated;
    }
}

Result<NodeStatus> NodeAdmin::try_update(const std::string& name, const NodePatch& patch,
                                         const Caller& caller) {
    const auto found = find_node(name);
    if (!found) return found;
    Node node = found->node;
    Validation validation;
    const fields::Check check(validation, d_.clock.now());
    if (found->is_default) {
        fields::for_each_field(patch, SettingsAlone(validation, check));
    } else {
        fields::for_each_field(patch, check);
        check_destination(validation, node, patch);
    }
    if (validation.failed()) return std::move(validation).error();

    fields::apply(patch, node);
    Caller caller_now = caller;
    const bool is_checked = patch.api_url || patch.api_user || patch.api_password;
    if (is_checked) {
        if (const auto usable = d_.nodes.check(node); !usable) return usable.error();
        caller_now.conditions = narrowed(caller.conditions, found->node);
    }
    const auto audit = draft("update", name, caller_now, d_.clock.now(), d_.random);
    auto updated = found->is_default ? update_default(found->node, patch, audit)
                                     : d_.storage.update_node(name, patch, d_.clock.now(), audit);
    if (!updated) return updated.error();
    if (found->is_default) {
        node.created_at = updated->created_at;
        node.updated_at = updated->updated_at;
        return status_after(d_.nodes, node);
    }
    return status_after(d_.nodes, *updated);
}

Result<Node> NodeAdmin::update_default(const Node& present, const NodePatch& patch,
                                       const AuditDraft& audit) {
    const Timestamp at = d_.clock.now();
    auto updated = d_.storage.update_node(present.name, patch, at, audit);
    if (updated || updated.error().code != ErrorCode::kNotFound) return updated;
    // Its first change makes its row, which holds its label and whether it is draining.
    if (auto same = rules::check_conditions(audit, present); !same) return same.error();
    Node node = present;
    fields::apply(patch, node);
    node.created_at = node.updated_at = at;
    const auto created = d_.storage.create_node(node, audit);
    if (created) return node;
    if (created.error().code != ErrorCode::kConflict) return created.error();
    return d_.storage.update_node(present.name, patch, at, audit);  // another one made the row
}

Result<void> NodeAdmin::delete_node(const std::string& name, const Caller& caller) {
    const auto found = find_node(name);
    if (!found) return found.error();
    if (found->is_default) {
        return Error{ErrorCode::kConflict,
                     "The default node is made by this server's settings and cannot be removed.",
                     {},
                     {}};
    }
    const auto deleted =
        d_.storage.delete_node(name, draft("delete", name, caller, d_.clock.now(), d_.random));
    if (!deleted) {
        Error error = deleted.error();
        if (error.code == ErrorCode::kConflict) {
            error.message =
                "A stream of this node has not ended: drain the node and stop its streams first.";
        }
        return error;
    }
    (void)d_.nodes.refresh();  // else its thread does it within two seconds
    return {};
}

Result<NodeStatus> NodeAdmin::enforce_node(const std::string& name, const Caller& caller) {
    const auto found = find_node(name);
    if (!found) return found;
    NodeStanding ordered;
    ordered.enforced_at = d_.clock.now();
    const auto audit =
        make_audit_draft({"enforce", "node", name, {{"api_url", found->node.api_url}}}, caller,
                         *ordered.enforced_at, d_.random);
    if (const auto same = rules::check_conditions(audit, found->node); !same) return same.error();
    if (found->standing.is_enforced()) return found;
    // Each program's settings contain the address of the default node; the order applies to any
    // address.
    const std::string api_url = found->is_default ? "" : found->node.api_url;
    const auto noted = d_.storage.note_node_standing(name, api_url, ordered, audit);
    if (!noted) return noted.error();
    return find_node(name);  // the program that supervises the node reads it at its next poll
}

}  // namespace rescuestream
