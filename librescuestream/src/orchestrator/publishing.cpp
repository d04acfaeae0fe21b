// What the media server asks and says, and streams.

#include "orchestrator/audit.hpp"
#include "orchestrator/credential.hpp"
#include "orchestrator/impl.hpp"
#include "orchestrator/relays.hpp"

namespace rescuestream {
namespace {

PublishDecision refused(PublishRefusal refusal, StreamKeyId key = {}) {
    return {refusal, key};
}

PublishDecision decision_of(const ClaimOutcome& outcome) {
    switch (outcome.decision) {
        case ClaimDecision::kGranted:
            return {std::nullopt, outcome.stream_key_id};
        case ClaimDecision::kUnknownKey:
            return refused(PublishRefusal::kUnknownKey);
        case ClaimDecision::kRevoked:
            return refused(PublishRefusal::kRevoked, outcome.stream_key_id);
        case ClaimDecision::kExpired:
            return refused(PublishRefusal::kExpired, outcome.stream_key_id);
        case ClaimDecision::kDisabled:
            return refused(PublishRefusal::kDisabled, outcome.stream_key_id);
        case ClaimDecision::kBlocked:
            return refused(PublishRefusal::kBlocked, outcome.stream_key_id);
        case ClaimDecision::kWrongPath:
            return refused(PublishRefusal::kWrongPath, outcome.stream_key_id);
        case ClaimDecision::kInUse:
            return refused(PublishRefusal::kInUse, outcome.stream_key_id);
    }
    return refused(PublishRefusal::kUnknownKey);
}

// These are in MediaMTX's lists from the question on. (An RTSP client is live at once, and is
// listed by another id before v1.19.3.)
bool is_slow_to_start(Protocol protocol) noexcept {
    return protocol == Protocol::kRtmp || protocol == Protocol::kSrt ||
           protocol == Protocol::kWebRtc;
}

}  // namespace

std::string_view to_string(PublishRefusal refusal) noexcept {
    switch (refusal) {
        case PublishRefusal::kNoCredential:
            return "no_credential";
        case PublishRefusal::kInvalidPath:
            return "invalid_path";
        case PublishRefusal::kUnknownKey:
            return "unknown_key";
        case PublishRefusal::kRevoked:
            return "revoked";
        case PublishRefusal::kExpired:
            return "expired";
        case PublishRefusal::kDisabled:
            return "disabled";
        case PublishRefusal::kBlocked:
            return "blocked";
        case PublishRefusal::kWrongPath:
            return "wrong_path";
        case PublishRefusal::kInUse:
            return "in_use";
        case PublishRefusal::kPathKeysDenied:
            return "path_keys_denied";
        case PublishRefusal::kUnknownNode:
            return "unknown_node";
        case PublishRefusal::kNodeDraining:
            return "node_draining";
    }
    return "unknown";
}

std::string_view to_string(EventType type) noexcept {
    switch (type) {
        case EventType::kStreamStarted:
            return "stream started";
        case EventType::kStreamResumed:
            return "stream resumed";
        case EventType::kStreamInterrupted:
            return "stream interrupted";
        case EventType::kStreamEnded:
            return "stream ended";
    }
    return "unknown";
}

Result<PublishDecision> StreamOrchestrator::decide_publish(const PublishRequest& request) {
    if (!is_valid_path_name(request.path)) return refused(PublishRefusal::kInvalidPath);
    const auto credential = find_credential(request);
    if (!credential) {
        return refused(has_credential(request) ? PublishRefusal::kUnknownKey
                                               : PublishRefusal::kNoCredential);
    }
    const auto node = impl_->nodes.find(request.node);
    if (!node) return refused(PublishRefusal::kUnknownNode);
    if (node->is_draining()) return refused(PublishRefusal::kNodeDraining);
    const OrchestratorSettings& settings = impl_->settings;
    if (credential->is_path && settings.legacy_path_keys == LegacyPathKeys::kDeny) {
        return refused(PublishRefusal::kPathKeysDenied);
    }

    ClaimRequest claim;
    claim.digest = digest_key_value(credential->value.reveal());
    if (!credential->is_path) claim.path = request.path;
    const Timestamp at = now();
    // Who is refused for what the key is costs the storage nothing.
    const auto known = impl_->keys.judge(claim.digest, claim.path, at);
    if (known && known->decision != ClaimDecision::kGranted) return decision_of(*known);
    if (!request.connection) {
        const auto checked = impl_->storage->check_key(claim.digest, claim.path, at);
        if (!checked) return checked.error();
        return decision_of(*checked);
    }
    claim.claim.connection = *request.connection;
    claim.claim.node = request.node.empty() ? settings.node : request.node;
    claim.claim.protocol = request.protocol;
    claim.claim.path_is_secret = credential->is_path;
    claim.claim.remote_address = request.remote_address;
    claim.claim.user_agent = request.user_agent;
    claim.claim.claimed_at = at;
    claim.default_on_duplicate = settings.on_duplicate;
    claim.reservation_timeout = settings.reservation_timeout;
    // The poll marks a claim only when its source was silent for as long as its key allows.
    claim.stale_after = std::chrono::milliseconds(0);
    const auto decision = impl_->decide(claim, *node, request.path);
    if (decision && decision->accepted() && is_slow_to_start(request.protocol) &&
        !decision->in_outage) {
        node->reservations().add({decision->stream_key_id, *request.connection, request.protocol,
                                  impl_->clock.steady_now()});
    }
    return decision;
}

Result<PublishDecision> StreamOrchestrator::Impl::decide(const ClaimRequest& claim,
                                                         const NodeWatch& node,
                                                         const std::string& path) {
    std::optional<ClaimOutcome> remembered;
    if (settings.database_outage == DatabaseOutage::kGrace) {
        remembered = keys.judge_by_memory(claim.digest, claim.path, claim.claim.claimed_at,
                                          settings.outage_grace);
    }
    const bool may_be_let_in = remembered && remembered->decision == ClaimDecision::kGranted;
    const auto by_memory = [&] {
        return outage.decide(claim, remembered->stream_key_id, node.figures().present_on(path));
    };
    // Waiting for a storage that is known not to answer would keep the media server waiting.
    if (may_be_let_in && keys.is_cut_off()) return by_memory();
    const auto outcome = storage->claim(claim);
    if (outcome) return decision_of(*outcome);
    const bool is_outage = outcome.error().code == ErrorCode::kUnavailable ||
                           outcome.error().code == ErrorCode::kTimeout;
    if (may_be_let_in && is_outage) return by_memory();
    return outcome.error();
}

bool StreamOrchestrator::may_read(const ReadRequest& request) const {
    if (impl_->settings.legacy_path_keys != LegacyPathKeys::kRelay) return true;
    if (!looks_like_key_value(request.path)) return true;
    return request.user == kRelayUser &&
           relay_password(impl_->settings, request.path).equals(request.password.reveal());
}

Result<void> StreamOrchestrator::source_available(const SourceReport& report) {
    auto session = impl_->sessions.find_by_path(report.path);
    if (!session) {
        if (session.error().code == ErrorCode::kNotFound) return {};
        return std::move(session).error();
    }
    if (!session->claim) return {};
    const auto node = impl_->nodes.find(session->claim->node);
    if (!node) return {};
    const auto source = node->source_at(report.path);
    if (!source) return {};  // the next poll will tell
    if (!*source || (report.source_id && *report.source_id != (*source)->id)) return {};

    const bool path_is_secret = looks_like_key_value(report.path);
    const std::string public_path = session->key.playback_path;
    const bool is_accepted = session->claim->path_is_secret;
    const auto observed = impl_->sessions.observe(
        *std::move(session),
        {sessions::SourceAvailable{(*source)->id, (*source)->type, report.path, path_is_secret},
         ObservedBy::kHook, now()});
    if (observed && path_is_secret && is_accepted) node->relays().add(public_path, report.path);
    return observed;
}

Result<void> StreamOrchestrator::source_unavailable(const SourceReport& report) {
    auto session = impl_->sessions.find_by_path(report.path);
    if (!session) {
        if (session.error().code == ErrorCode::kNotFound) return {};
        return std::move(session).error();
    }
    // The relay at its public path comes and goes with its viewers.
    const bool path_is_secret = looks_like_key_value(report.path);
    if (session->claim && session->claim->path_is_secret != path_is_secret) return {};
    ConnectionId gone = report.source_id.value_or(ConnectionId{});
    if (gone.empty()) {
        if (!session->stream || !session->stream->source_id) return {};
        gone = *session->stream->source_id;
    }
    const auto node = impl_->nodes.find(session->stream ? session->stream->node : std::string());
    if (!node) return {};
    const auto source = node->source_at(report.path);
    if (!source) return {};  // the next poll will tell
    if (*source && (*source)->id == gone) return {};
    if (path_is_secret && !*source) node->relays().remove(session->key.playback_path);
    return impl_->sessions.observe(
        *std::move(session),
        {sessions::SourceUnavailable{std::move(gone)}, ObservedBy::kHook, now()});
}

}  // namespace rescuestream
