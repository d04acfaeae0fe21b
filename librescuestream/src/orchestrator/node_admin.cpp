#include "orchestrator/node_admin.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "orchestrator/audit.hpp"
#include "orchestrator/counted_storage.hpp"
#include "orchestrator/nodes.hpp"
#include "support/url.hpp"
#include "support/validation.hpp"

namespace rescuestream {
namespace {

constexpr std::size_t kMaxNodeName = 32;
constexpr std::size_t kMaxText = 255;
constexpr std::size_t kMaxAddress = 1'024;
constexpr const char* kNoNode = "There is no node with this name.";

bool is_node_name(std::string_view name) {
    const auto allowed = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
    };
    return !name.empty() && name.size() <= kMaxNodeName &&
           std::all_of(name.begin(), name.end(), allowed) && name.front() != '-' &&
           name.back() != '-';
}

void check_address(Validation& validation, std::string_view pointer, std::string_view address,
                   std::string_view scheme) {
    validation.text(pointer, address, kMaxAddress, false);
    if (auto problem = check_public_address(address, scheme)) {
        validation.add(std::string(pointer), *std::move(problem));
    }
}

void check(Validation& validation, const PublicAddresses& at) {
    check_address(validation, "/addresses/webrtc", at.webrtc, "http");
    check_address(validation, "/addresses/hls", at.hls, "http");
    check_address(validation, "/addresses/rtsp", at.rtsp, "rtsp");
    check_address(validation, "/addresses/rtmp", at.rtmp, "rtmp");
    check_address(validation, "/addresses/srt", at.srt, "srt");
}

void check_api_url(Validation& validation, const std::string& api_url) {
    if (!parse_origin(api_url) || api_url.size() > kMaxAddress) {
        validation.add("/api_url", std::string(kOriginRule) + ": MediaMTX's control interface");
    }
}

// Otherwise the value of a stream key would appear in every list of nodes.
void check_no_key_value(Validation& validation, const NodePatch& given) {
    if (given.label) validation.no_key_value("/label", *given.label);
    if (given.api_url) validation.no_key_value("/api_url", *given.api_url);
    if (given.api_user) validation.no_key_value("/api_user", *given.api_user);
    if (!given.addresses) return;
    validation.no_key_value("/addresses/webrtc", given.addresses->webrtc);
    validation.no_key_value("/addresses/hls", given.addresses->hls);
    validation.no_key_value("/addresses/rtsp", given.addresses->rtsp);
    validation.no_key_value("/addresses/rtmp", given.addresses->rtmp);
    validation.no_key_value("/addresses/srt", given.addresses->srt);
}

// Only the given members are checked: stored ones may be older than a rule.
void check(Validation& validation, const NodePatch& given) {
    if (given.label) validation.text("/label", *given.label, kMaxText, true);
    if (given.api_url) check_api_url(validation, *given.api_url);
    if (given.api_user) validation.text("/api_user", *given.api_user, kMaxText, true);
    if (given.api_password) {
        validation.text("/api_password", given.api_password->reveal(), kMaxText, true);
    }
    if (given.addresses) check(validation, *given.addresses);
    check_no_key_value(validation, given);
}

// The stored password was given for the stored address. A caller who may change the address must
// not learn the password that way.
void check_destination(Validation& validation, const Node& before, const NodePatch& given) {
    if (!given.api_url || before.api_password.empty() || given.api_password) return;
    if (is_same_origin(before.api_url, *given.api_url)) return;
    validation.add("/api_password",
                   "must be given together with another api_url, since the stored one is not sent "
                   "to another server; an empty one stores none");
}

AuditEntry audit_of(std::string_view action, const Node& node, const Caller& caller, Timestamp at,
                    RandomSource& random) {
    return make_audit_entry(
        {action, "node", node.name, {{"label", node.label}, {"api_url", node.api_url}}}, caller, at,
        random);
}

Error no_node() {
    return {ErrorCode::kNotFound, kNoNode, {}, {}};
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
    Node node;
    node.name = input.name;
    node.label = input.label;
    node.api_url = input.api_url;
    node.api_user = input.api_user;
    node.api_password = input.api_password;
    node.addresses = input.addresses;
    node.created_at = node.updated_at = d_.clock.now();
    Validation validation;
    if (!is_node_name(node.name)) {
        validation.add("/name",
                       "must be 1 to 32 of a-z, 0-9 and dashes, without a dash at either end");
    }
    check(validation, {input.label, input.api_url, input.api_user, input.api_password,
                       input.addresses, std::nullopt});
    if (validation.failed()) return std::move(validation).error();
    if (node.name == d_.settings.node) {
        return Error{ErrorCode::kConflict, "This is the name of the default node.", {}, {}};
    }
    if (const auto usable = d_.nodes.check(node); !usable) return usable.error();
    const auto created =
        d_.storage.create_node(node, audit_of("create", node, caller, node.created_at, d_.random));
    if (!created) return created.error();
    return status_after(d_.nodes, node);
}

Result<NodeStatus> NodeAdmin::update_node(const std::string& name, const NodePatch& patch,
                                          const Caller& caller) {
    const auto found = find_node(name);
    if (!found) return found;
    Node node = found->node;
    Validation validation;
    if (found->is_default) {
        constexpr const char* kFixed =
            "is set up by this server's settings (MEDIAMTX_API_URL and others) for the default "
            "node";
        if (patch.api_url) validation.add("/api_url", kFixed);
        if (patch.api_user) validation.add("/api_user", kFixed);
        if (patch.api_password) validation.add("/api_password", kFixed);
        if (patch.addresses) validation.add("/addresses", kFixed);
        check(validation, {patch.label, {}, {}, {}, {}, {}});
    } else {
        check(validation, patch);
        check_destination(validation, node, patch);
    }
    if (validation.failed()) return std::move(validation).error();

    if (patch.label) node.label = *patch.label;
    if (patch.api_url) node.api_url = *patch.api_url;
    if (patch.api_user) node.api_user = *patch.api_user;
    if (patch.api_password) node.api_password = *patch.api_password;
    if (patch.addresses) node.addresses = *patch.addresses;
    if (patch.draining) node.draining = *patch.draining;
    if (patch.api_url || patch.api_user || patch.api_password) {
        if (const auto usable = d_.nodes.check(node); !usable) return usable.error();
    }
    node.updated_at = d_.clock.now();
    const auto audit = audit_of("update", node, caller, node.updated_at, d_.random);
    auto updated = d_.storage.update_node(node, audit);
    if (!updated && updated.error().code == ErrorCode::kNotFound && found->is_default) {
        // Its first change makes its row, which holds its label and whether it is draining.
        node.created_at = node.updated_at;
        updated = d_.storage.create_node(node, audit);
    }
    if (!updated) return updated.error();
    return status_after(d_.nodes, node);
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
    const auto deleted = d_.storage.delete_node(
        name, audit_of("delete", found->node, caller, d_.clock.now(), d_.random));
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
    if (found->standing.is_enforced()) return found;
    NodeStanding ordered;
    ordered.enforced_at = d_.clock.now();
    const auto audit = make_audit_entry(
        {"enforce", "node", name, {{"label", found->node.label}, {"api_url", found->node.api_url}}},
        caller, *ordered.enforced_at, d_.random);
    // Each program's settings contain the address of the default node; the order applies to any
    // address.
    const std::string api_url = found->is_default ? "" : found->node.api_url;
    const auto noted = d_.storage.note_node_standing(name, api_url, ordered, audit);
    if (!noted) return noted.error();
    return find_node(name);  // the program that supervises the node reads it at its next poll
}

}  // namespace rescuestream
