// Nodes: which media servers there are.

#include <algorithm>
#include <array>

#include "orchestrator/audit.hpp"
#include "orchestrator/impl.hpp"
#include "orchestrator/validation.hpp"
#include "support/url.hpp"

namespace rescuestream {
namespace {

constexpr std::size_t kMaxName = 32;
constexpr std::size_t kMaxText = 255;
constexpr std::size_t kMaxAddress = 1'024;
constexpr const char* kNoNode = "There is no node with this name.";

bool is_node_name(std::string_view name) {
    const auto allowed = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
    };
    return !name.empty() && name.size() <= kMaxName &&
           std::all_of(name.begin(), name.end(), allowed) && name.front() != '-' &&
           name.back() != '-';
}

void check_address(Validation& validation, std::string_view pointer, std::string_view address,
                   std::string_view scheme, std::string_view secure_scheme) {
    validation.text(pointer, address, kMaxAddress, false);
    const auto begins = [&](std::string_view with) {
        return address.starts_with(with) && address.substr(with.size()).starts_with("://") &&
               address.size() > with.size() + 3;
    };
    if (!begins(scheme) && (secure_scheme.empty() || !begins(secure_scheme))) {
        validation.add(std::string(pointer),
                       "Must be an address that begins with " + std::string(scheme) + "://.");
    } else if (address.find('@') != std::string_view::npos) {
        validation.add(std::string(pointer), "Must not contain a credential.");
    }
}

void check(Validation& validation, const PublicAddresses& at) {
    check_address(validation, "/addresses/webrtc", at.webrtc, "http", "https");
    check_address(validation, "/addresses/hls", at.hls, "http", "https");
    check_address(validation, "/addresses/rtsp", at.rtsp, "rtsp", "rtsps");
    check_address(validation, "/addresses/rtmp", at.rtmp, "rtmp", "rtmps");
    check_address(validation, "/addresses/srt", at.srt, "srt", "");
}

void check(Validation& validation, const Node& node) {
    validation.text("/label", node.label, kMaxText, true);
    const auto url = parse_http_url(node.api_url);
    if (!url || !url->user.empty() || !url->password.empty() || node.api_url.size() > kMaxAddress) {
        validation.add("/api_url",
                       "Must be the http or https address of MediaMTX's control API without a "
                       "credential, for example http://10.0.0.2:9997.");
    }
    validation.text("/api_user", node.api_user, kMaxText, true);
    validation.text("/api_password", node.api_password.reveal(), kMaxText, true);
    check(validation, node.addresses);
}

void check_no_key_value(Validation& validation, const PublicAddresses& at) {
    validation.no_key_value("/addresses/webrtc", at.webrtc);
    validation.no_key_value("/addresses/hls", at.hls);
    validation.no_key_value("/addresses/rtsp", at.rtsp);
    validation.no_key_value("/addresses/rtmp", at.rtmp);
    validation.no_key_value("/addresses/srt", at.srt);
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

}  // namespace

Result<std::vector<NodeStatus>> StreamOrchestrator::list_nodes() {
    if (const auto done = impl_->nodes.refresh(); !done) return done.error();
    std::vector<NodeStatus> statuses;
    for (const auto& watch : impl_->nodes.all()) {
        statuses.push_back(impl_->nodes.status_of(*watch));
    }
    return statuses;
}

Result<NodeStatus> StreamOrchestrator::find_node(const std::string& name) {
    if (const auto done = impl_->nodes.refresh(); !done) return done.error();
    const auto watch = impl_->nodes.find(name);
    if (!watch || name.empty()) return no_node();
    return impl_->nodes.status_of(*watch);
}

Result<NodeStatus> StreamOrchestrator::create_node(const NewNode& input, const Caller& caller) {
    Node node;
    node.name = input.name;
    node.label = input.label;
    node.api_url = input.api_url;
    node.api_user = input.api_user;
    node.api_password = input.api_password;
    node.addresses = input.addresses;
    node.created_at = node.updated_at = now();
    Validation validation;
    if (!is_node_name(node.name)) {
        validation.add("/name",
                       "Must be 1 to 32 of a-z, 0-9 and dashes, without a dash at either end.");
    }
    check(validation, node);
    validation.no_key_value("/label", node.label);
    validation.no_key_value("/api_url", node.api_url);
    validation.no_key_value("/api_user", node.api_user);
    check_no_key_value(validation, node.addresses);
    if (validation.failed()) return std::move(validation).error();
    if (node.name == impl_->settings.node) {
        return Error{ErrorCode::kConflict, "This is the name of the default node.", {}, {}};
    }
    const auto created = impl_->storage->create_node(
        node, audit_of("create", node, caller, node.created_at, impl_->random));
    if (!created) return created.error();
    return find_node(node.name);
}

Result<NodeStatus> StreamOrchestrator::update_node(const std::string& name, const NodePatch& patch,
                                                   const Caller& caller) {
    const auto found = find_node(name);
    if (!found) return found;
    Node node = found->node;
    Validation validation;
    if (found->is_default) {
        constexpr const char* kFixed =
            "The default node is set up by this server's settings (MEDIAMTX_API_URL and others).";
        if (patch.api_url) validation.add("/api_url", kFixed);
        if (patch.api_user) validation.add("/api_user", kFixed);
        if (patch.api_password) validation.add("/api_password", kFixed);
        if (patch.addresses) validation.add("/addresses", kFixed);
    }
    if (patch.label) node.label = *patch.label;
    if (patch.api_url) node.api_url = *patch.api_url;
    if (patch.api_user) node.api_user = *patch.api_user;
    if (patch.api_password) node.api_password = *patch.api_password;
    if (patch.addresses) node.addresses = *patch.addresses;
    // What was stored before is left alone.
    if (patch.label) validation.no_key_value("/label", *patch.label);
    if (patch.api_url) validation.no_key_value("/api_url", *patch.api_url);
    if (patch.api_user) validation.no_key_value("/api_user", *patch.api_user);
    if (patch.addresses) check_no_key_value(validation, *patch.addresses);
    if (patch.draining) node.draining = *patch.draining;
    if (found->is_default) {
        validation.text("/label", node.label, kMaxText, true);
    } else {
        check(validation, node);
    }
    if (validation.failed()) return std::move(validation).error();

    node.updated_at = now();
    const auto audit = audit_of("update", node, caller, node.updated_at, impl_->random);
    auto updated = impl_->storage->update_node(node, audit);
    if (!updated && updated.error().code == ErrorCode::kNotFound && found->is_default) {
        // Its first change makes its row, which holds its label and whether it is draining.
        node.created_at = node.updated_at;
        updated = impl_->storage->create_node(node, audit);
    }
    if (!updated) return updated.error();
    return find_node(name);
}

Result<void> StreamOrchestrator::delete_node(const std::string& name, const Caller& caller) {
    const auto found = find_node(name);
    if (!found) return found.error();
    if (found->is_default) {
        return Error{ErrorCode::kConflict,
                     "The default node is made by this server's settings and cannot be removed.",
                     {},
                     {}};
    }
    const auto deleted = impl_->storage->delete_node(
        name, audit_of("delete", found->node, caller, now(), impl_->random));
    if (!deleted) {
        Error error = deleted.error();
        if (error.code == ErrorCode::kConflict) {
            error.message =
                "A stream of this node has not ended: drain the node and stop its streams first.";
        }
        return error;
    }
    (void)impl_->nodes.refresh();  // else its thread does it within two seconds
    return {};
}

}  // namespace rescuestream
