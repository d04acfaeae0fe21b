#include "orchestrator/viewing.hpp"

#include <memory>
#include <vector>

#include "orchestrator/key_follower.hpp"
#include "orchestrator/playback_tokens.hpp"
#include "orchestrator/relays.hpp"
#include "orchestrator/viewer_credential.hpp"
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
    const auto value = key_value_of_path(request.path);
    if (value.empty()) return d_.keys.playback_policy(request.path, now, otherwise);
    return d_.keys.playback_policy(digest_key_value(value), otherwise);
}

ReadDecision Viewing::judge(const ReadRequest& request) {
    if (is_own_reader(request)) return {ViewerDecision::kAccepted, false};
    if (d_.settings.legacy_path_keys == LegacyPathKeys::kRelay &&
        !key_value_of_path(request.path).empty()) {
        return {ViewerDecision::kSecretPath, false};
    }
    const Timestamp now = d_.clock.now();
    if (policy_of(request, now) == PlaybackPolicy::kPublic) {
        return {ViewerDecision::kAccepted, false};
    }
    const auto texts = find_tokens(request);
    return {judge_tokens(request, texts, now), !texts.empty()};
}

ViewerDecision Viewing::judge_tokens(const ReadRequest& request,
                                     const std::vector<std::string>& texts, Timestamp now) {
    if (texts.size() > kMostTokens) return ViewerDecision::kTooManyTokens;
    std::vector<std::shared_ptr<const PlaybackGrant>> verified;
    std::vector<const PlaybackGrant*> grants;
    for (const auto& text : texts) {
        auto verdict = d_.tokens.verify(text, now);
        if (const auto* refusal = std::get_if<ViewerDecision>(&verdict)) return *refusal;
        verified.push_back(std::get<std::shared_ptr<const PlaybackGrant>>(std::move(verdict)));
        grants.push_back(verified.back().get());
    }
    const rules::ViewerTerms terms{PlaybackPolicy::kSigned, request.path, request.remote_address,
                                   request.protocol};
    return rules::judge_viewer(terms, grants, now);
}

}  // namespace rescuestream
