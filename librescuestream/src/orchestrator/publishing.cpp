#include "orchestrator/publishing.hpp"

#include <algorithm>
#include <chrono>
#include <memory>
#include <utility>

#include "orchestrator/audit.hpp"
#include "orchestrator/claim_desk.hpp"
#include "orchestrator/counted_storage.hpp"
#include "orchestrator/credential.hpp"
#include "orchestrator/key_changes.hpp"
#include "orchestrator/key_follower.hpp"
#include "orchestrator/relays.hpp"
#include "orchestrator/reservations.hpp"
#include "orchestrator/storage_care.hpp"
#include "orchestrator/unwritten.hpp"
#include "rescuestream/tracer.hpp"
#include "rules/path_pattern.hpp"
#include "rules/publisher.hpp"
#include "support/helper_credential.hpp"
#include "support/ip_address.hpp"

namespace rescuestream {
namespace {

PublishDecision refused(PublishRefusal refusal, StreamKeyId key = {}) {
    return {refusal, key};
}

// After this time without the storage, cached facts are not used, not even for a refusal.
constexpr std::chrono::hours kLongestMemory{24};

PublishDecision decision_of(const ClaimOutcome& outcome) {
    if (outcome.decision == ClaimDecision::kGranted) return {std::nullopt, outcome.stream_key_id};
    PublishDecision decision = refused(outcome.decision, outcome.stream_key_id);
    decision.holder = outcome.holder;
    return decision;
}

// A key that may be used, judged by its policies too.
std::optional<KeyVerdict> by_policies(std::optional<KeyVerdict> verdict, const Claim& publisher) {
    if (verdict && verdict->decision == ClaimDecision::kGranted && verdict->policies) {
        verdict->decision = rules::judge_publisher(*verdict->policies, publisher);
    }
    return verdict;
}

// Connections of these are in a list of MediaMTX from the question on.
bool is_listed(Protocol protocol) noexcept {
    return protocol == Protocol::kRtmp || protocol == Protocol::kRtsp ||
           protocol == Protocol::kSrt || protocol == Protocol::kWebRtc;
}

Span begin_decision(Tracer* tracer, const PublishRequest& request) {
    Span span = child_span_or_root(tracer, "decide publish");
    if (!span.records()) return span;
    span.set_constant("rescuestream.protocol", to_string(request.protocol));
    if (!request.node.empty()) span.set("rescuestream.node", request.node);
    return span;
}

// A batch is a child of one of its requests; the others are linked with it.
void link_batch(Span& span) {
    const ActiveSpan* const batch = current_span();
    if (batch == nullptr || batch->context.trace_id == span.active().context.trace_id) return;
    span.link(batch->context);
}

void end_decision(Span& span, const Result<PublishDecision>& decision) {
    if (!span.records()) return;
    if (!decision) {
        span.fail(to_string(decision.error().code), decision.error().message);
    } else {
        span.set_constant("rescuestream.decision",
                          decision->accepted() ? "accepted" : to_string(*decision->refusal));
        if (!decision->stream_key_id.is_nil()) {
            span.set("rescuestream.stream_key.id", decision->stream_key_id.to_string());
        }
    }
    span.end();
}

}  // namespace

Result<PublishDecision> Publishing::decide_publish(const PublishRequest& request) {
    Span span = begin_decision(d_.tracer, request);
    const SpanScope scope(span);
    auto decision = [&]() -> Result<PublishDecision> {
        auto judgement = judge(request);
        if (const auto* decided = std::get_if<PublishDecision>(&judgement)) return *decided;
        const auto& question = std::get<PublishQuestion>(judgement);
        return conclude(question, d_.claims.ask(question.claim_request));
    }();
    end_decision(span, decision);
    return counted(std::move(decision));
}

void Publishing::decide_publish(const PublishRequest& request,
                                std::function<void(Result<PublishDecision>)> done) {
    ActiveSpan caller = copy_current_span();
    Span span = begin_decision(d_.tracer, request);
    const SpanScope scope(span);
    auto judgement = judge(request);
    if (const auto* decision = std::get_if<PublishDecision>(&judgement)) {
        end_decision(span, *decision);
        done(counted(*decision));
        return;
    }
    struct Deciding {
        PublishQuestion question;
        Span span;
        ActiveSpan caller;
    };
    const auto deciding = std::make_shared<Deciding>(Deciding{
        std::get<PublishQuestion>(std::move(judgement)), std::move(span), std::move(caller)});
    const SpanScope moved_scope(deciding->span);
    ClaimRequest claim_request = deciding->question.claim_request;
    d_.claims.ask(std::move(claim_request),
                  [this, deciding, done = std::move(done)](const Result<ClaimOutcome>& outcome) {
                      auto decision = conclude(deciding->question, outcome);
                      link_batch(deciding->span);
                      end_decision(deciding->span, decision);
                      // What the caller logs belongs to the caller's span, not to that of a
                      // batch.
                      const SpanScope of_caller(&deciding->caller);
                      done(counted(std::move(decision)));
                  });
}

Publishing::Judgement Publishing::judge(const PublishRequest& request) {
    if (!is_valid_path_name(request.path)) return refused(PublishRefusal::kInvalidPath);
    const auto credential = find_credential(request);
    if (!credential) {
        if (request.user == kHelperUser) return judge_helper(request);
        if (has_misplaced_key(request)) return refused(PublishRefusal::kKeyMisplaced);
        return refused(has_credential(request) ? PublishRefusal::kUnknownKey
                                               : PublishRefusal::kNoCredential);
    }
    if (credential->is_path && d_.settings.legacy_path_keys == LegacyPathKeys::kDeny) {
        return refused(PublishRefusal::kPathKeysDenied);
    }

    PublishQuestion question;
    ClaimRequest& claim_request = question.claim_request;
    claim_request.digest = digest_key_value(credential->value.reveal());
    if (!credential->is_path) claim_request.path = request.path;
    const Timestamp at = d_.clock.now();
    claim_request.claim.claimed_at = at;
    if (!d_.unwritten.empty()) {
        // Only this program knows of this refusal.
        const auto key = d_.keys.id_of(claim_request.digest);
        const auto refusal = key ? d_.unwritten.refusal_of(*key, at) : std::nullopt;
        if (refusal) return decision_of({*refusal, *key, std::nullopt});
    }
    claim_request.claim.node = request.node.empty() ? d_.settings.node : request.node;
    claim_request.claim.protocol = request.protocol;
    claim_request.claim.path_is_secret = credential->is_path;
    claim_request.claim.remote_address = request.remote_address;
    claim_request.claim.user_agent = request.user_agent;
    // Refusals that depend on the key alone, or on who asks, never reach the storage; neither do
    // questions without a connection.
    auto known = by_policies(d_.keys.judge(claim_request.digest, claim_request.path, at),
                             claim_request.claim);
    const auto old =
        known ? known
              : by_policies(d_.keys.judge_by_memory(claim_request.digest, claim_request.path, at,
                                                    kLongestMemory),
                            claim_request.claim);
    // A storage that does not answer would also lead to a refusal, but later and without the
    // reason.
    const bool old_refuses = old && old->decision != ClaimDecision::kGranted;
    if (!known && old_refuses && d_.keys.is_cut_off()) known = old;
    // A key with a priority keeps its path, which it may share.
    question.adopts_path = known && known->decision == ClaimDecision::kWrongPath &&
                           !known->fact.has_priority && may_adopt(request);
    const bool is_refused = known && known->decision != ClaimDecision::kGranted;
    if (is_refused && !question.adopts_path) return decision_of(*known);
    // The fact may be out of date; the storage compares it with the newest one.
    if (old && !old_refuses) claim_request.known = old->fact;
    // Only clients with a valid key learn about nodes.
    question.node = d_.nodes.find(request.node);
    if (!question.node) {
        question.node_refusal = PublishRefusal::kUnknownNode;
    } else if (question.node->is_draining()) {
        question.node_refusal = PublishRefusal::kNodeDraining;
    }
    const bool only_judged = !request.connection || question.node_refusal;
    if (known && only_judged) {
        if (question.adopts_path) known->decision = ClaimDecision::kGranted;
        return question.node_refusal ? refused(*question.node_refusal, known->stream_key_id)
                                     : decision_of(*known);
    }
    if (only_judged) return question;
    question.path = request.path;
    claim_request.claim.connection = *request.connection;
    claim_request.default_on_duplicate = d_.settings.on_duplicate;
    claim_request.reservation_timeout = d_.settings.reservation_timeout;
    // The poll marks a claim as stalled only after its source was silent for as long as its key
    // permits.
    claim_request.stale_after = std::chrono::milliseconds(0);
    if (d_.settings.database_outage == DatabaseOutage::kGrace) {
        question.remembered =
            by_policies(d_.keys.judge_by_memory(claim_request.digest, claim_request.path, at,
                                                d_.settings.outage_grace),
                        claim_request.claim);
        const bool was_valid =
            question.remembered && question.remembered->decision == ClaimDecision::kGranted;
        if (!was_valid) question.remembered.reset();
        // The media server must not wait for a storage that is known not to answer.
        if (was_valid && d_.keys.is_cut_off()) return decide_in_outage(question);
    }
    return question;
}

PublishDecision Publishing::judge_helper(const PublishRequest& request) {
    const std::string& node = request.node.empty() ? d_.settings.node : request.node;
    if (!is_helper_credential(d_.settings.control_secret, node, request.user, request.password)) {
        return refused(PublishRefusal::kUnknownKey);
    }
    // Only who has the credential learns why it is refused.
    if (!is_loopback_address(request.remote_address)) {
        return refused(PublishRefusal::kHelperNotLocal);
    }
    // As long as the keys were never read, every path may be a key's.
    if (!rules::matches_any(d_.settings.helper_paths, request.path) ||
        d_.keys.owns_path(request.path, d_.clock.now()).value_or(true)) {
        return refused(PublishRefusal::kHelperPath);
    }
    const auto watch = d_.nodes.find(request.node);
    if (!watch) return refused(PublishRefusal::kUnknownNode);
    if (watch->is_draining()) return refused(PublishRefusal::kNodeDraining);
    if (request.connection) watch->standing().note_question(*request.connection, request.path);
    return {std::nullopt, StreamKeyId{}};
}

bool Publishing::may_adopt(const PublishRequest& request) const {
    if (d_.settings.path_mismatch != PathMismatch::kAdopt || d_.keys.is_cut_off()) return false;
    return redact_key_values(request.path) == request.path &&
           !rules::matches_any(d_.settings.helper_paths, request.path) &&
           !rules::matches_any(d_.settings.ignore_paths, request.path);
}

Result<ClaimOutcome> Publishing::adopt(const PublishQuestion& question, StreamKeyId key) {
    const Timestamp at = d_.clock.now();
    const Claim& claim = question.claim_request.claim;
    const Caller caller{"rescuestream", "INTERNAL", "/auth", claim.remote_address, std::nullopt};
    StreamKeyChange change;
    change.id = key;
    change.playback_path = question.path;
    const auto moved = d_.changes.update(d_.nodes, change, at,
                                         make_audit_draft({"update",
                                                           "stream_key",
                                                           key.to_string(),
                                                           {{"new_playback_path", question.path},
                                                            {"setting", "PATH_MISMATCH=adopt"}}},
                                                          caller, at, d_.random));
    if (!moved && moved.error().code == ErrorCode::kConflict) {
        return ClaimOutcome{ClaimDecision::kWrongPath, key, std::nullopt};
    }
    if (!moved) return moved.error();
    // Not through the claim desk: this may be one of its threads.
    return d_.storage.claim(question.claim_request);
}

Result<PublishDecision> Publishing::conclude(const PublishQuestion& question,
                                             const Result<ClaimOutcome>& outcome) {
    if (question.adopts_path && outcome && outcome->decision == ClaimDecision::kWrongPath) {
        PublishQuestion adopted = question;
        adopted.adopts_path = false;
        return conclude(adopted, adopt(question, outcome->stream_key_id));
    }
    const auto key = outcome               ? outcome->stream_key_id
                     : question.remembered ? question.remembered->stream_key_id
                                           : StreamKeyId{};
    // The right was withdrawn during the call of the storage.
    if (const auto refusal = d_.unwritten.refusal_of(key, d_.clock.now())) {
        return decision_of({*refusal, key, std::nullopt});
    }
    if (!outcome) {
        const bool is_outage = outcome.error().code == ErrorCode::kUnavailable ||
                               outcome.error().code == ErrorCode::kUnauthorized ||
                               outcome.error().code == ErrorCode::kTimeout ||
                               outcome.error().code == ErrorCode::kStorageFull;
        if (question.remembered && is_outage) return decide_in_outage(question);
        return outcome.error();
    }
    if (outcome->decision == ClaimDecision::kGranted && question.node_refusal) {
        return refused(*question.node_refusal, outcome->stream_key_id);
    }
    // In the storage the key may still be claimed by a connection whose end could not be stored.
    const bool is_in_use = outcome->decision == ClaimDecision::kInUse ||
                           outcome->decision == ClaimDecision::kPathInUse;
    if (is_in_use && question.remembered && d_.care.is_full()) {
        return decide_in_outage(question);
    }
    const Claim& claim = question.claim_request.claim;
    if (outcome->decision == ClaimDecision::kGranted && !claim.connection.empty() &&
        is_listed(claim.protocol)) {
        question.node->reservations().add(
            {outcome->stream_key_id, claim.connection, claim.protocol, d_.clock.steady_now()});
    }
    const PublishDecision decision = decision_of(*outcome);
    if (decision.accepted()) {
        question.node->standing().note_question(claim.connection, question.path);
        // The connection that lost the key, or waited with another key of the path, may have a
        // cut-off.
        const bool may_share = d_.keys.shareable_path(outcome->stream_key_id).has_value();
        if (outcome->replaced || may_share) question.node->wake();
    }
    return decision;
}

PublishDecision Publishing::decide_in_outage(const PublishQuestion& question) {
    const StreamKeyId key = question.remembered->stream_key_id;
    const auto others = d_.keys.others_of_path(key);
    const auto decision =
        others.empty()
            ? d_.outage.decide(question.claim_request, key,
                               question.node->figures().present_on(question.path))
            : d_.outage.decide(question.claim_request, key, others, publishers_of(key, others));
    if (decision.accepted()) {
        question.node->standing().note_question(question.claim_request.claim.connection,
                                                question.path);
    }
    return decision;
}

// On all nodes: at the path of the keys, and at the paths that are their values.
std::vector<OutagePublishers::Present> Publishing::publishers_of(
    StreamKeyId key, const std::vector<StreamKeyId>& others) const {
    std::vector<OutagePublishers::Present> found;
    const auto path = d_.keys.shareable_path(key);
    for (const auto& watch : d_.nodes.all()) {
        for (auto& source : watch->figures().publishers()) {
            OutagePublishers::Present present{source.presence.source, source.presence.silence,
                                              std::nullopt};
            if (const auto value = key_value_of_path(source.path); !value.empty()) {
                present.key = d_.keys.id_of(digest_key_value(value));
                const bool is_of_path =
                    present.key && (*present.key == key || std::find(others.begin(), others.end(),
                                                                     *present.key) != others.end());
                if (!is_of_path) continue;
            } else if (source.path != path) {
                continue;
            }
            found.push_back(std::move(present));
        }
        // Accepted before, and not in a list yet.
        for (const auto& waiting : watch->reservations().all()) {
            const bool is_of_other =
                std::find(others.begin(), others.end(), waiting.stream_key_id) != others.end();
            const auto age = d_.clock.steady_now() - waiting.accepted_at;
            if (!is_of_other || age >= d_.settings.reservation_timeout) continue;
            const bool is_seen = std::any_of(found.begin(), found.end(), [&](const auto& each) {
                return each.source == waiting.connection;
            });
            if (is_seen) continue;
            found.push_back(
                {waiting.connection, std::chrono::milliseconds(0), waiting.stream_key_id});
        }
    }
    return found;
}

bool Publishing::may_control(const ControlRequest& request) const {
    Span span = child_span_or_root(d_.tracer, "decide control");
    const bool allowed =
        d_.nodes.is_control_credential(request.node, request.user, request.password);
    span.set_constant("rescuestream.decision", allowed ? "own_interface" : "own_interface_refused");
    return allowed;
}

}  // namespace rescuestream
