#include "orchestrator/viewing.hpp"

#include <memory>
#include <vector>

#include "orchestrator/key_follower.hpp"
#include "orchestrator/playback_tokens.hpp"
#include "orchestrator/relays.hpp"
#include "orchestrator/viewer_credential.hpp"
#include "orchestrator/viewers.hpp"
#include "rescuestream/redaction.hpp"
#include "rescuestream/settings.hpp"
#include "rescuestream/time.hpp"
#include "rescuestream/tracer.hpp"
#include "rules/viewer.hpp"
#include "support/helper_credential.hpp"
#include "support/ip_address.hpp"

namespace rescuestream {

ReadDecision Viewing::decide_read(const ReadRequest& request) {
    Span span = child_span_or_root(d_.tracer, "decide read");
    const ReadDecision decision = judge(request);
    span.set_constant("rescuestream.decision", decision.accepted() ? "read" : "read_refused");
    return decision;
}

bool Viewing::is_own_reader(const ReadRequest& request) const {
    if (!key_value_of_path(request.path).empty()) {
        return d_.settings.legacy_path_keys == LegacyPathKeys::kRelay &&
               is_relay_credential(d_.settings, request.path, request.user, request.password);
    }
    const std::string& node = request.node.empty() ? d_.settings.node : request.node;
    return is_loopback_address(request.remote_address) &&
           is_helper_credential(d_.settings.control_secret, node, request.user, request.password);
}

PlaybackPolicy Viewing::policy_of(const ReadRequest& request, Timestamp now) const {
    const PlaybackPolicy otherwise = d_.settings.playback_policy;
    if (rules::is_another_name(request.path)) return PlaybackPolicy::kSigned;
    const auto value = key_value_of_path(request.path);
    if (value.empty()) return d_.keys.playback_policy(request.path, now, otherwise);
    return d_.keys.playback_policy(digest_key_value(value), otherwise);
}

ReadDecision Viewing::judge(const ReadRequest& request) {
    const Timestamp now = d_.clock.now();
    Viewer viewer;
    viewer.since = now;
    if (is_own_reader(request)) {
        viewer.is_helper = true;
        return {admitted(request, PlaybackPolicy::kPublic, std::move(viewer)), false};
    }
    if (d_.settings.legacy_path_keys == LegacyPathKeys::kRelay &&
        !key_value_of_path(request.path).empty()) {
        return {ViewerDecision::kSecretPath, false};
    }
    const PlaybackPolicy policy = policy_of(request, now);
    if (policy == PlaybackPolicy::kPublic) {
        return {admitted(request, policy, std::move(viewer)), false};
    }
    const auto texts = find_tokens(request);
    ViewerDecision decision = judge_tokens(request, texts, now, viewer);
    if (decision == ViewerDecision::kAccepted) {
        decision = admitted(request, policy, std::move(viewer));
    }
    return {decision, !texts.empty()};
}

ViewerDecision Viewing::judge_tokens(const ReadRequest& request,
                                     const std::vector<std::string>& texts, Timestamp now,
                                     Viewer& viewer) {
    if (texts.size() > kMostTokens) return ViewerDecision::kTooManyTokens;
    viewer.grants.reserve(texts.size());
    std::vector<const PlaybackGrant*> grants;
    for (const auto& text : texts) {
        const auto verdict = d_.tokens.verify(text, now);
        if (const auto* refusal = std::get_if<ViewerDecision>(&verdict)) return *refusal;
        viewer.grants.push_back(*std::get<std::shared_ptr<const PlaybackGrant>>(verdict));
        grants.push_back(&viewer.grants.back());
    }
    const rules::ViewerTerms terms{PlaybackPolicy::kSigned, request.path, request.remote_address,
                                   request.protocol};
    return rules::judge_viewer(terms, grants, now);
}

ViewerDecision Viewing::admitted(const ReadRequest& request, PlaybackPolicy policy, Viewer viewer) {
    // Without an id it is no session: a web page, a file of a recording. The paths of keys are
    // secrets, and only the media server reads them.
    if (!request.connection || request.connection->empty() ||
        request.protocol == Protocol::kUnknown || !key_value_of_path(request.path).empty()) {
        return ViewerDecision::kAccepted;
    }
    viewer.id = *request.connection;
    viewer.node = request.node.empty() ? d_.settings.node : request.node;
    viewer.path = request.path;
    viewer.protocol = request.protocol;
    viewer.remote_address = request.remote_address;
    viewer.user_agent = redact_key_values(request.user_agent);
    const ViewerDecision decision = d_.viewers.admit(viewer);
    return policy == PlaybackPolicy::kPublic ? ViewerDecision::kAccepted : decision;
}

}  // namespace rescuestream
