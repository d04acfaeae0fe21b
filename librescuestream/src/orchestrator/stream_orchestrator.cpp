#include "rescuestream/stream_orchestrator.hpp"

#include <algorithm>
#include <functional>
#include <utility>

#include "orchestrator/addresses.hpp"
#include "orchestrator/health_checks.hpp"
#include "orchestrator/impl.hpp"
#include "orchestrator/operating_figures.hpp"

namespace rescuestream {
namespace {

// Read at a time when an incident is closed.
constexpr std::size_t kLinksAtOnce = 500;

// Whoever closed a link earlier has revoked its tokens, and those of one that had expired have
// expired with it.
bool is_ended_by(const Incident& closed, const GuestLink& link) {
    if (!closed.closed_at || !link.closed_at) return true;
    const bool had_expired =
        link.expires_at && *link.expires_at + kTokenClockSkew <= *closed.closed_at;
    return *link.closed_at >= *closed.closed_at && !had_expired;
}

}  // namespace

StreamOrchestrator::StreamOrchestrator(OrchestratorOptions options)
    : impl_(std::make_unique<Impl>(std::move(options))) {}
StreamOrchestrator::StreamOrchestrator(StreamOrchestrator&&) noexcept = default;
StreamOrchestrator& StreamOrchestrator::operator=(StreamOrchestrator&&) noexcept = default;
StreamOrchestrator::~StreamOrchestrator() = default;

bool StreamOrchestrator::load() {
    return impl_->load();
}
void StreamOrchestrator::start() {
    impl_->start();
}
void StreamOrchestrator::stop() {
    impl_->stop();
}
void StreamOrchestrator::tick() {
    impl_->nodes.tick();
    impl_->refused_attempts.work();
    impl_->refused_calls.write();
}

void StreamOrchestrator::subscribe(std::function<void(const Event&)> listener) {
    impl_->events.add(std::move(listener));
}

void StreamOrchestrator::subscribe_changes(std::function<void()> listener) {
    impl_->change_listeners.push_back(std::move(listener));
}

std::uint64_t StreamOrchestrator::change_count() const noexcept {
    return impl_->storage->changes();
}

Health StreamOrchestrator::health() {
    const auto status = impl_->nodes.default_node()->status();
    Health health;
    const auto storage = impl_->storage->ping();
    health.storage_full = !storage && storage.error().code == ErrorCode::kStorageFull;
    health.storage_reachable = storage.has_value() || health.storage_full;
    if (!storage) health.storage_reason = storage.error().message;
    health.storage_warning = impl_->care.warning();
    health.unreadable_rows = impl_->storage->figures().unreadable_rows;
    health.unwritten = impl_->unwritten.size();
    health.media_server_reachable = status.reachable;
    health.media_server_version = status.version;
    health.media_server_seen_at = status.seen_at;
    health.first_poll_done = status.first_round_done;
    return health;
}

std::vector<HealthCheck> StreamOrchestrator::health_checks(const Health& health) {
    std::vector<NodeStatus> nodes;
    // From memory: a probe must not cause a call of the storage for each node.
    for (const auto& watch : impl_->nodes.all()) {
        NodeStatus status;
        status.node = watch->node();
        status.state = watch->state();
        status.seen_at = watch->status().seen_at;
        nodes.push_back(std::move(status));
    }
    const KeysHealth keys{impl_->keys.is_cut_off(), impl_->keys.figures().age};
    return rescuestream::health_checks(health, keys, nodes, now());
}

OperatingFigures StreamOrchestrator::figures() const {
    OperatingFigures figures;
    figures.publish = impl_->publish_meter.read();
    figures.cutoffs = impl_->cutoff_meter.read();
    for (const auto& watch : impl_->nodes.all()) {
        NodeFigures node = watch->meter().read();
        node.node = watch->node().name;
        node.state = watch->state();
        figures.cutoffs.pending += watch->meter().pending_cutoffs();
        figures.nodes.push_back(std::move(node));
    }
    figures.streams_left_out = limit_streams(figures.nodes);
    figures.keys = impl_->keys.figures();
    figures.storage.backend = std::string(impl_->storage->backend());
    figures.storage.steps = impl_->storage_meter.steps();
    figures.storage.claims_per_batch = impl_->storage_meter.claims_per_batch();
    figures.storage.backend_figures = impl_->storage->figures();
    figures.storage.free_bytes = impl_->care.free_bytes();
    return figures;
}

Result<SchemaStatus> StreamOrchestrator::schema_status() {
    return impl_->storage->schema_status();
}

Result<SchemaStatus> StreamOrchestrator::migrate(std::optional<int> target) {
    return impl_->storage->migrate(target, now());
}

Result<Broadcaster> StreamOrchestrator::create_broadcaster(const NewBroadcaster& input,
                                                           const Caller& caller) {
    return impl_->broadcasters.create_broadcaster(input, caller);
}
Result<Broadcaster> StreamOrchestrator::find_broadcaster(BroadcasterId id,
                                                         const ApiCredential* reader) {
    return impl_->broadcasters.find_broadcaster(id, reader);
}
Result<Page<Broadcaster>> StreamOrchestrator::list_broadcasters(const PageRequest& page,
                                                                const ApiCredential* reader) {
    return impl_->broadcasters.list_broadcasters(page, reader);
}
Result<Broadcaster> StreamOrchestrator::update_broadcaster(BroadcasterId id,
                                                           const BroadcasterPatch& patch,
                                                           const Caller& caller) {
    return impl_->broadcasters.update_broadcaster(id, patch, caller);
}
Result<CutoffReport> StreamOrchestrator::delete_broadcaster(BroadcasterId id, bool force,
                                                            const Caller& caller) {
    return impl_->broadcasters.delete_broadcaster(id, force, caller);
}
Result<ChangedBroadcaster> StreamOrchestrator::disable_broadcaster(BroadcasterId id,
                                                                   const Caller& caller) {
    return impl_->broadcasters.disable_broadcaster(id, caller);
}
Result<ChangedBroadcaster> StreamOrchestrator::enable_broadcaster(BroadcasterId id,
                                                                  const Caller& caller) {
    return impl_->broadcasters.enable_broadcaster(id, caller);
}

Result<CreatedStreamKey> StreamOrchestrator::create_stream_key(const NewStreamKey& input,
                                                               const Caller& caller) {
    return impl_->stream_keys.create_stream_key(input, caller);
}
Result<StreamKey> StreamOrchestrator::find_stream_key(StreamKeyId id, const ApiCredential* reader) {
    return impl_->stream_keys.find_stream_key(id, reader);
}
Result<Page<StreamKey>> StreamOrchestrator::list_stream_keys(const StreamKeyFilter& filter,
                                                             const PageRequest& page,
                                                             const ApiCredential* reader) {
    return impl_->stream_keys.list_stream_keys(filter, page, reader);
}
Result<KeyListChanges> StreamOrchestrator::key_list_after(const std::string& place) {
    return impl_->stream_keys.key_list_after(place);
}
Result<RevokedStreamKey> StreamOrchestrator::revoke_stream_key(StreamKeyId id,
                                                               const Caller& caller) {
    return impl_->stream_keys.revoke_stream_key(id, caller);
}
Result<StreamKey> StreamOrchestrator::update_stream_key(StreamKeyId id, const StreamKeyPatch& patch,
                                                        const Caller& caller) {
    return impl_->stream_keys.update_stream_key(id, patch, caller);
}
Result<ChangedStreamKey> StreamOrchestrator::disable_stream_key(StreamKeyId id,
                                                                const Caller& caller) {
    return impl_->stream_keys.disable_stream_key(id, caller);
}
Result<ChangedStreamKey> StreamOrchestrator::enable_stream_key(StreamKeyId id,
                                                               const Caller& caller) {
    return impl_->stream_keys.enable_stream_key(id, caller);
}
Result<RotatedStreamKey> StreamOrchestrator::rotate_stream_key(StreamKeyId id,
                                                               std::chrono::seconds overlap,
                                                               const Caller& caller) {
    return impl_->stream_keys.rotate_stream_key(id, overlap, caller);
}

Result<Page<ListedStream>> StreamOrchestrator::list_streams(const StreamFilter& filter,
                                                            const PageRequest& page,
                                                            const ApiCredential* reader) {
    return impl_->streams.list_streams(filter, page, reader);
}
Result<ListedStream> StreamOrchestrator::find_stream(StreamId id, const ApiCredential* reader) {
    return impl_->streams.find_stream(id, reader);
}
Result<std::vector<StreamTransition>> StreamOrchestrator::stream_timeline(
    StreamId id, const ApiCredential* reader, const TimelinePart& part) {
    return impl_->streams.stream_timeline(id, reader, part);
}
std::optional<StreamFigures> StreamOrchestrator::stream_figures(StreamId id) {
    return impl_->streams.stream_figures(id);
}
Result<StoppedStream> StreamOrchestrator::stop_stream(StreamId id, std::chrono::seconds block,
                                                      const Caller& caller) {
    return impl_->streams.stop_stream(id, block, caller);
}

Result<Incident> StreamOrchestrator::create_incident(const NewIncident& input,
                                                     const Caller& caller) {
    return impl_->incidents.create_incident(input, caller);
}
Result<IncidentDetails> StreamOrchestrator::find_incident(IncidentId id) {
    return with_public_paths(impl_->incidents.find_incident(id));
}
Result<Page<Incident>> StreamOrchestrator::list_incidents(const IncidentFilter& filter,
                                                          const PageRequest& page) {
    return impl_->incidents.list_incidents(filter, page);
}
Result<Incident> StreamOrchestrator::update_incident(IncidentId id, const IncidentPatch& patch,
                                                     const Caller& caller) {
    return impl_->incidents.update_incident(id, patch, caller);
}
Result<IncidentDetails> StreamOrchestrator::assign_to_incident(IncidentId id,
                                                               const IncidentAssignment& given,
                                                               const Caller& caller) {
    return with_public_paths(impl_->incidents.assign_to_incident(id, given, caller));
}
Result<IncidentDetails> StreamOrchestrator::take_from_incident(IncidentId id,
                                                               const IncidentAssignment& given,
                                                               const Caller& caller) {
    return with_public_paths(impl_->incidents.take_from_incident(id, given, caller));
}
Result<ClosedIncident> StreamOrchestrator::close_incident(IncidentId id, const Caller& caller) {
    auto closed = impl_->incidents.close_incident(id, caller);
    if (!closed) return closed;
    if (auto ended = impl_->playback_admin.revoke_playback_tokens(RevokedBy::kOwner,
                                                                  token_owner(id), caller);
        !ended) {
        return std::move(ended).error();
    }
    GuestLinkFilter filter;
    filter.incident_id = id;
    PageRequest page;
    page.limit = kLinksAtOnce;
    do {
        const auto links = impl_->guest_links.list_guest_links(filter, page);
        if (!links) return links.error();
        for (const auto& link : links->items) {
            if (!is_ended_by(closed->incident, link)) continue;
            if (auto ended = end_tokens_of(link.id, caller); !ended) {
                return std::move(ended).error();
            }
        }
        page.after = links->next;
    } while (page.after);
    return closed;
}
Result<Incident> StreamOrchestrator::reopen_incident(IncidentId id, const Caller& caller) {
    return impl_->incidents.reopen_incident(id, caller);
}
Result<IncidentReport> StreamOrchestrator::incident_report(IncidentId id) {
    return impl_->incident_reports.incident_report(id);
}

Result<CreatedGuestLink> StreamOrchestrator::create_guest_link(const NewGuestLink& input,
                                                               const Caller& caller) {
    auto created = impl_->guest_links.create_guest_link(input, caller);
    if (created) created->link.public_paths = impl_->guest_links.public_paths(created->link);
    return created;
}
Result<GuestLink> StreamOrchestrator::find_guest_link(GuestLinkId id) {
    auto link = impl_->guest_links.find_guest_link(id);
    if (link) link->public_paths = impl_->guest_links.public_paths(*link);
    return link;
}
Result<Page<GuestLink>> StreamOrchestrator::list_guest_links(const GuestLinkFilter& filter,
                                                             const PageRequest& page) {
    return impl_->guest_links.list_guest_links(filter, page);
}
Result<GuestLink> StreamOrchestrator::update_guest_link(GuestLinkId id, const GuestLinkPatch& patch,
                                                        const Caller& caller) {
    auto changed = impl_->guest_links.update_guest_link(id, patch, caller);
    if (!changed) return std::move(changed).error();
    // Also if nothing has changed: an earlier call may have failed after its change.
    const auto& before = changed->before.expires_at;
    const bool ends_earlier = patch.expires_at && (!before || *patch.expires_at <= *before);
    // What was given out before does not count for another limit of viewers.
    const bool limits_others = patch.max_viewers || patch.resets("max_viewers");
    if (patch.broadcaster_ids || patch.stream_key_ids || patch.pin || ends_earlier ||
        limits_others) {
        if (auto ended = end_tokens_of(id, caller); !ended) return std::move(ended).error();
    }
    changed->link.public_paths = impl_->guest_links.public_paths(changed->link);
    return std::move(changed->link);
}
Result<GuestLink> StreamOrchestrator::close_guest_link(GuestLinkId id, const Caller& caller) {
    auto closed = impl_->guest_links.close_guest_link(id, caller);
    if (!closed) return closed;
    if (auto ended = end_tokens_of(id, caller); !ended) return std::move(ended).error();
    return closed;
}
Result<IncidentDetails> StreamOrchestrator::with_public_paths(Result<IncidentDetails> details) {
    if (details) {
        details->public_paths = impl_->guest_links.public_paths(details->incident.id);
    }
    return details;
}
Result<void> StreamOrchestrator::end_tokens_of(GuestLinkId link, const Caller& caller) {
    auto revoked =
        impl_->playback_admin.revoke_playback_tokens(RevokedBy::kOwner, token_owner(link), caller);
    if (!revoked) return std::move(revoked).error();
    return {};
}
Result<GuestLinkRow> StreamOrchestrator::find_open_guest_link(const Secret& code) {
    return impl_->guest_links.find_open_guest_link(code);
}
std::string StreamOrchestrator::make_guest_pass(const GuestLinkRow& row) {
    return impl_->guest_links.make_guest_pass(row);
}
bool StreamOrchestrator::has_guest_pass(const GuestLinkRow& row, std::string_view pass) {
    return impl_->guest_links.has_guest_pass(row, pass);
}
Result<std::vector<GuestStream>> StreamOrchestrator::guest_streams(const GuestLinkRow& row,
                                                                   const Caller& caller) {
    const GuestLink& link = row.link;
    auto streams = impl_->guest_links.guest_streams(link, caller);
    if (!streams) return streams;
    for (auto& stream : *streams) {
        if (!stream.signed_stream) continue;
        NewPlaybackToken wanted;
        wanted.stream_id = stream.signed_stream;
        wanted.owner = token_owner(link.id);
        wanted.owner_sessions = link.max_viewers;
        wanted.expires_at = now() + kDefaultTokenLife;
        if (link.expires_at) wanted.expires_at = std::min(*wanted.expires_at, *link.expires_at);
        auto minted = impl_->playback_admin.mint_playback_token(wanted, caller);
        if (!minted) return std::move(minted).error();
        stream.addresses = minted->playback.front();
    }
    // A token that was made after the link was closed or changed would outlive the revocation.
    if (auto checked = impl_->guest_links.check_unchanged(row); !checked) {
        return std::move(checked).error();
    }
    return streams;
}

Result<std::vector<NodeStatus>> StreamOrchestrator::list_nodes() {
    return impl_->node_admin.list_nodes();
}
Result<NodeStatus> StreamOrchestrator::find_node(const std::string& name) {
    return impl_->node_admin.find_node(name);
}
Result<NodeStatus> StreamOrchestrator::create_node(const NewNode& input, const Caller& caller) {
    return impl_->node_admin.create_node(input, caller);
}
Result<NodeStatus> StreamOrchestrator::update_node(const std::string& name, const NodePatch& patch,
                                                   const Caller& caller) {
    return impl_->node_admin.update_node(name, patch, caller);
}
Result<void> StreamOrchestrator::delete_node(const std::string& name, const Caller& caller) {
    return impl_->node_admin.delete_node(name, caller);
}
Result<NodeStatus> StreamOrchestrator::enforce_node(const std::string& name, const Caller& caller) {
    return impl_->node_admin.enforce_node(name, caller);
}

Result<MintedPlaybackToken> StreamOrchestrator::mint_playback_token(const NewPlaybackToken& input,
                                                                    const Caller& caller) {
    return impl_->playback_admin.mint_playback_token(input, caller);
}
Result<RevokedPlaybackTokens> StreamOrchestrator::revoke_playback_tokens(RevokedBy by,
                                                                         const std::string& value,
                                                                         const Caller& caller) {
    return impl_->playback_admin.revoke_playback_tokens(by, value, caller);
}
Result<std::vector<PlaybackKey>> StreamOrchestrator::list_playback_keys() {
    return impl_->playback_key_admin.list_playback_keys();
}
Result<PlaybackKey> StreamOrchestrator::import_playback_key(const NewPlaybackKey& input,
                                                            const Caller& caller) {
    return impl_->playback_key_admin.import_playback_key(input, caller);
}
Result<PlaybackKey> StreamOrchestrator::rotate_playback_key(std::chrono::seconds overlap,
                                                            const Caller& caller) {
    return impl_->playback_key_admin.rotate_playback_key(overlap, caller);
}
Result<PlaybackKey> StreamOrchestrator::end_playback_key(const std::string& id,
                                                         const Caller& caller) {
    return impl_->playback_key_admin.end_playback_key(id, caller);
}
Result<Page<Viewer>> StreamOrchestrator::list_viewers(const ViewerFilter& filter,
                                                      const PageRequest& page,
                                                      const ApiCredential* reader) {
    return impl_->viewer_admin.list_viewers(filter, page, reader);
}
Result<Viewer> StreamOrchestrator::find_viewer(const ConnectionId& id,
                                               const ApiCredential* reader) {
    return impl_->viewer_admin.find_viewer(id, reader);
}
Result<RemovedViewer> StreamOrchestrator::remove_viewer(const ConnectionId& id,
                                                        const Caller& caller) {
    return impl_->viewer_admin.remove_viewer(id, caller);
}
Result<std::string> StreamOrchestrator::playback_jwks() {
    return impl_->playback_key_admin.playback_jwks();
}

Result<CreatedApiCredential> StreamOrchestrator::create_credential(const NewApiCredential& input,
                                                                   const Caller& caller) {
    return impl_->api_credentials.create_credential(input, caller);
}
Result<std::vector<ApiCredential>> StreamOrchestrator::list_credentials(
    const ApiCredential* reader) {
    return impl_->api_credentials.list_credentials(reader);
}
Result<ApiCredential> StreamOrchestrator::find_credential(const ApiCredentialId& id,
                                                          const ApiCredential* reader) {
    return impl_->api_credentials.find_credential(id, reader);
}
Result<ApiCredential> StreamOrchestrator::update_credential(const ApiCredentialId& id,
                                                            const ApiCredentialPatch& patch,
                                                            const Caller& caller) {
    return impl_->api_credentials.update_credential(id, patch, caller);
}
Result<CreatedApiCredential> StreamOrchestrator::rotate_credential(const ApiCredentialId& id,
                                                                   std::chrono::seconds overlap,
                                                                   const Caller& caller) {
    return impl_->api_credentials.rotate_credential(id, overlap, caller);
}
Result<ApiCredential> StreamOrchestrator::revoke_credential(const ApiCredentialId& id,
                                                            const Caller& caller) {
    return impl_->api_credentials.revoke_credential(id, caller);
}
Result<void> StreamOrchestrator::delete_credential(const ApiCredentialId& id,
                                                   const Caller& caller) {
    return impl_->api_credentials.delete_credential(id, caller);
}
CheckedCredential StreamOrchestrator::check_credential(std::string_view text,
                                                       std::string_view address) {
    return impl_->credentials.check(text, address);
}
CheckedCredential StreamOrchestrator::check_credential_signature(
    std::string_view id, std::string_view address, const std::function<bool(const Secret&)>& fits) {
    return impl_->credentials.check_signature(id, address, fits);
}

Result<CreatedSession> StreamOrchestrator::create_session(const Secret& secret,
                                                          const Caller& caller) {
    return impl_->api_credentials.create_session(secret, caller);
}
CheckedSession StreamOrchestrator::check_session(std::string_view token, std::string_view address,
                                                 const Secret& shared) {
    return impl_->credentials.check_session(token, address, shared);
}
Result<void> StreamOrchestrator::end_session(std::string_view token, const Caller& caller) {
    return impl_->api_credentials.end_session(token, caller);
}
Result<bool> StreamOrchestrator::may_use_nonce(std::string_view nonce, Timestamp expires_at) {
    return impl_->api_credentials.may_use_nonce(nonce, expires_at);
}

Result<AuditPage> StreamOrchestrator::list_audit(const AuditFilter& filter,
                                                 const ApiCredential* reader) {
    return impl_->audit_log.list_audit(filter, reader);
}
void StreamOrchestrator::note_refused_call(const Caller& caller, std::string_view reason,
                                           std::uint64_t times) {
    impl_->refused_calls.note(caller, reason, times);
}
Result<Page<AuditEntry>> StreamOrchestrator::export_audit(const AuditFilter& filter,
                                                          const PageRequest& page,
                                                          const ApiCredential* reader) {
    return impl_->audit_log.export_audit(filter, page, reader);
}
Result<AuditCheckpoint> StreamOrchestrator::audit_checkpoint() {
    return impl_->audit_keeper.checkpoint();
}
Result<AuditVerification> StreamOrchestrator::verify_audit(
    const std::optional<AuditCheckpoint>& checkpoint, const AuditProgress& progress) {
    return impl_->audit_keeper.verify(checkpoint, progress);
}
Result<AuditEntry> StreamOrchestrator::record_audit_event(const NewAuditEvent& input,
                                                          const Caller& caller) {
    return impl_->audit_log.record_audit_event(input, caller);
}
Result<bool> StreamOrchestrator::may_use_signature(std::string_view signature,
                                                   Timestamp expires_at) {
    return impl_->audit_log.may_use_signature(signature, expires_at);
}

Result<RepeatedRequest> StreamOrchestrator::reserve_request(const RepeatableRequest& request) {
    return impl_->repeatable_requests.reserve_request(request);
}
Result<void> StreamOrchestrator::answer_request(const RepeatableRequest& request,
                                                const Uuid& reservation, std::string_view answer) {
    return impl_->repeatable_requests.answer_request(request, reservation, answer);
}
Result<void> StreamOrchestrator::release_request(const Uuid& reservation) {
    return impl_->repeatable_requests.release_request(reservation);
}

Result<PublishDecision> StreamOrchestrator::decide_publish(const PublishRequest& request) {
    return impl_->publishing.decide_publish(request);
}
void StreamOrchestrator::decide_publish(const PublishRequest& request,
                                        std::function<void(Result<PublishDecision>)> done) {
    impl_->publishing.decide_publish(request, std::move(done));
}
ReadDecision StreamOrchestrator::decide_read(const ReadRequest& request) {
    return impl_->viewing.decide_read(request);
}
bool StreamOrchestrator::may_read(const ReadRequest& request) {
    return decide_read(request).accepted();
}
bool StreamOrchestrator::may_control(const ControlRequest& request) const {
    return impl_->publishing.may_control(request);
}
Result<void> StreamOrchestrator::source_available(const SourceReport& report) {
    return impl_->source_reports.source_available(report);
}
Result<void> StreamOrchestrator::source_unavailable(const SourceReport& report) {
    return impl_->source_reports.source_unavailable(report);
}

void StreamOrchestrator::note_refusal(RefusedQuestion question) {
    impl_->refused_attempts.note_refusal(std::move(question));
}
void StreamOrchestrator::note_acceptance(const ConnectionId& connection) {
    impl_->refused_attempts.note_acceptance(connection);
}
Result<std::vector<RefusedAttempt>> StreamOrchestrator::list_refused_attempts(
    const RefusedAttemptFilter& filter, const ApiCredential* reader) {
    return impl_->refused_attempts.list_refused_attempts(filter, reader);
}

EncoderAddresses StreamOrchestrator::encoder_addresses(const StreamKey& key,
                                                       const Secret& value) const {
    return make_encoder_addresses(impl_->settings.addresses, impl_->settings.legacy_path_keys,
                                  key.playback_path, value);
}

EncoderAddresses StreamOrchestrator::encoder_addresses(const StreamKey& key) const {
    return encoder_addresses(key, Secret("KEY_VALUE"));
}

ViewerAddresses StreamOrchestrator::viewer_addresses(const StreamKey& key) const {
    return make_viewer_addresses(impl_->settings.addresses, key.playback_path);
}

ViewerAddresses StreamOrchestrator::viewer_addresses(const Stream& stream) const {
    const auto node = impl_->nodes.find(stream.node);
    return make_viewer_addresses(node ? node->node().addresses : impl_->settings.addresses,
                                 stream.path);
}

Timestamp StreamOrchestrator::now() const {
    return impl_->clock.now();
}

}  // namespace rescuestream
