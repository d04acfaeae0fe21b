#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "rescuestream/storage.hpp"

namespace rescuestream {

/// A call of one method of a Storage.
struct StorageStep {
    enum class Effect {
        kNone,       ///< It reads.
        kAgreement,  ///< It may write what coordinates several programs (leases, signatures),
                     ///< or what is never cached (refused attempts, playback
                     ///< tokens).
        kRecords,    ///< It may change the result of a list or of a lookup.
    };

    std::string_view method;  ///< "claim", "commit_session", …
    Effect effect = Effect::kNone;
    std::size_t index = 0;  ///< Place of `method` in `methods`.
    std::size_t size = 1;   ///< How many requests the step carries out: more than one in claim_all.

    /// Returns the names of all methods that are steps, in the order of `index`.
    static std::span<const std::string_view> methods() noexcept;
};

/// Forwards every step to another storage. It is the base class of storages that count, measure,
/// log or fail steps. Override `before` and `after` to act on all steps, or a method to act on that
/// step.
///
/// `backend`, `description`, `disk_space`, `figures` and `watch_changes` are forwarded without a
/// call of `before` and `after`.
///
/// Thread-safety: that of the other storage; `before` and `after` are called from any thread.
class ForwardingStorage : public Storage {
public:
    /// Throws std::invalid_argument when `real` is empty.
    explicit ForwardingStorage(std::shared_ptr<Storage> real);

    std::string_view backend() const noexcept override { return real_->backend(); }
    std::string description() const override { return real_->description(); }
    std::optional<DiskSpace> disk_space() override { return real_->disk_space(); }
    StorageFigures figures() override { return real_->figures(); }
    void watch_changes(std::function<void()> listener) override;

    Result<void> ping() override;

    Result<SchemaStatus> schema_status() override;
    Result<SchemaStatus> migrate(std::optional<int> target, Timestamp now) override;

    Result<void> create_broadcaster(const Broadcaster& broadcaster,
                                    const AuditDraft& audit) override;
    Result<Broadcaster> find_broadcaster(BroadcasterId id) override;
    Result<Page<Broadcaster>> list_broadcasters(const PageRequest& page) override;
    Result<Broadcaster> update_broadcaster(BroadcasterId id, const BroadcasterPatch& patch,
                                           Timestamp now, const AuditDraft& audit) override;
    Result<KeyChangeOutcome> delete_broadcaster(BroadcasterId id, bool force, Timestamp now,
                                                const AuditDraft& audit) override;
    Result<KeyChangeOutcome> set_broadcaster_disabled(BroadcasterId id, bool disabled,
                                                      Timestamp now,
                                                      const AuditDraft& audit) override;

    Result<StreamKey> create_stream_key(const StreamKeyRow& row, const AuditDraft& audit) override;
    Result<StreamKey> find_stream_key(StreamKeyId id) override;
    Result<Page<StreamKey>> list_stream_keys(const StreamKeyFilter& filter,
                                             const PageRequest& page) override;
    Result<KeyListChanges> key_list_after(const std::string& place) override;
    Result<KeyChangeOutcome> revoke_stream_key(StreamKeyId id, Timestamp now,
                                               const AuditDraft& audit) override;
    Result<KeyChangeOutcome> update_stream_key(const StreamKeyChange& change, Timestamp now,
                                               const AuditDraft& audit) override;
    Result<KeyChangeOutcome> rotate_stream_key(const StreamKeyRotation& rotation, Timestamp now,
                                               const AuditDraft& audit) override;
    Result<KeyFacts> key_facts_after(const std::string& place, std::size_t limit) override;

    Result<void> create_incident(const Incident& incident, const AuditDraft& audit) override;
    Result<IncidentDetails> find_incident(IncidentId id) override;
    Result<Page<Incident>> list_incidents(const IncidentFilter& filter,
                                          const PageRequest& page) override;
    Result<Incident> update_incident(IncidentId id, const IncidentPatch& patch, Timestamp now,
                                     const AuditDraft& audit) override;
    Result<IncidentDetails> assign_to_incident(IncidentId id, const IncidentAssignment& given,
                                               Timestamp now, const AuditDraft& audit) override;
    Result<IncidentDetails> take_from_incident(IncidentId id, const IncidentAssignment& given,
                                               Timestamp now, const AuditDraft& audit) override;
    Result<IncidentOutcome> close_incident(IncidentId id, const IncidentClosing& closing,
                                           const AuditDraft& audit) override;
    Result<Incident> reopen_incident(IncidentId id, Timestamp closed_after, Timestamp now,
                                     const AuditDraft& audit) override;

    Result<void> create_guest_link(const GuestLinkRow& row, const AuditDraft& audit) override;
    Result<GuestLinkRow> find_guest_link(GuestLinkId id) override;
    Result<GuestLinkRow> find_guest_link(const KeyDigest& digest) override;
    Result<Page<GuestLink>> list_guest_links(const GuestLinkFilter& filter,
                                             const PageRequest& page) override;
    Result<GuestLink> close_guest_link(GuestLinkId id, Timestamp now,
                                       const AuditDraft& audit) override;
    Result<ChangedGuestLink> update_guest_link(const GuestLinkChange& change,
                                               const AuditDraft& audit) override;
    Result<void> enter_guest_link(GuestLinkId id, const std::string& address, std::int64_t most,
                                  Timestamp now, const AuditDraft& audit) override;

    Result<ClaimOutcome> claim(const ClaimRequest& request) override;
    /// Counts as one step: an error of `before` or `after` becomes the result of each request.
    /// `after` gets the first error among the results.
    std::vector<Result<ClaimOutcome>> claim_all(
        const std::vector<ClaimRequest>& requests,
        std::chrono::steady_clock::time_point latest) override;
    Result<bool> is_claimed_elsewhere(const ConnectionId& connection,
                                      StreamKeyId stream_key_id) override;
    Result<ClaimOutcome> check_key(const KeyDigest& digest, const std::optional<std::string>& path,
                                   Timestamp now) override;

    Result<std::vector<Session>> sessions_at_path(const std::string& playback_path) override;
    Result<Session> load_session_by_digest(const KeyDigest& digest) override;
    Result<Session> load_session(StreamKeyId id) override;
    Result<void> commit_session(const SessionChange& change) override;
    Result<std::vector<Session>> open_sessions(const std::string& node) override;
    Result<Page<ListedStream>> list_streams(const StreamFilter& filter,
                                            const PageRequest& page) override;
    Result<ListedStream> find_stream(StreamId id) override;
    Result<std::vector<StreamTransition>> list_transitions(StreamId id,
                                                           const TimelinePart& part) override;

    Result<std::vector<Cutoff>> begin_stop(StreamId id, EndCause cause,
                                           std::optional<Timestamp> block_until, Timestamp now,
                                           const AuditDraft& audit) override;
    Result<std::vector<Cutoff>> displace_others(StreamKeyId holder, Timestamp now) override;
    Result<std::vector<Cutoff>> pending_cutoffs(const std::string& node) override;
    Result<std::optional<Stream>> finish_cutoff(const Cutoff& cutoff, Timestamp now,
                                                std::optional<StreamTotals> totals) override;

    Result<void> create_node(const Node& node, const AuditDraft& audit) override;
    Result<std::vector<Node>> list_nodes() override;
    Result<Node> update_node(const std::string& name, const NodePatch& patch, Timestamp now,
                             const AuditDraft& audit) override;
    Result<void> delete_node(const std::string& name, const AuditDraft& audit) override;
    Result<NodeStanding> find_node_standing(const std::string& node,
                                            const std::string& api_url) override;
    Result<bool> note_node_standing(const std::string& node, const std::string& api_url,
                                    const NodeStanding& standing,
                                    const std::optional<AuditDraft>& audit) override;
    Result<bool> withdraw_node_standing(const std::string& node, const AuditDraft& audit) override;
    Result<void> set_unknown_sources(const std::string& node,
                                     const std::vector<UnknownSource>& sources) override;
    Result<NodeLease> hold_lease(const std::string& node, const std::string& holder,
                                 const std::optional<NodeLease>& expired) override;
    Result<void> release_lease(const std::string& node, const std::string& holder) override;

    Result<void> add_refused_attempts(const std::vector<RefusedAttempt>& attempts,
                                      const RefusedAttemptLimits& limits) override;
    Result<std::vector<RefusedAttempt>> list_refused_attempts(
        const RefusedAttemptFilter& filter) override;

    Result<void> add_playback_key(const PlaybackKey& key, std::optional<Timestamp> others_until,
                                  const AuditDraft& audit) override;
    Result<PlaybackKey> end_playback_key(const std::string& id, Timestamp at,
                                         const AuditDraft& audit) override;
    Result<std::vector<PlaybackKey>> list_playback_keys() override;
    Result<void> add_short_token(const ShortPlaybackToken& token, Timestamp now,
                                 const AuditDraft& audit) override;
    Result<void> revoke_playback(const PlaybackRevocation& revocation, Timestamp now,
                                 const AuditDraft& audit) override;
    Result<PlaybackChanges> playback_changes_after(std::int64_t version) override;

    Result<void> create_credential(const ApiCredentialRow& row, const AuditDraft& audit) override;
    Result<std::vector<ApiCredential>> list_credentials() override;
    Result<ApiCredential> change_credential(const ApiCredentialId& id,
                                            const ApiCredentialChange& change, Timestamp now,
                                            const AuditDraft& audit) override;
    Result<void> delete_credential(const ApiCredentialId& id,
                                   const std::shared_ptr<const ApiCredential>& by,
                                   const AuditDraft& audit) override;
    Result<std::optional<ApiCredentialFacts>> credential_facts_unless(
        std::int64_t version) override;
    Result<void> note_credential_uses(const std::vector<ApiCredentialUse>& uses) override;
    Result<void> create_session(const ApiSession& session, const AuditDraft& audit) override;
    Result<void> delete_session(const KeyDigest& digest, const AuditDraft& audit) override;
    Result<bool> use_nonce(const KeyDigest& digest, Timestamp now, Timestamp expires_at) override;
    Result<void> add_viewers(const std::vector<Viewer>& viewers,
                             const ViewerRetention& retention) override;
    Result<void> end_viewers(const std::vector<ConnectionId>& ids, Timestamp until) override;
    Result<Viewer> remove_viewer(const ConnectionId& id, Timestamp now,
                                 const AuditDraft& audit) override;
    Result<Page<Viewer>> list_viewers(const ViewerFilter& filter, const PageRequest& page) override;
    Result<ViewerChanges> viewers_after(std::int64_t version) override;

    Result<AuditPage> list_audit(const AuditFilter& filter) override;
    Result<Page<AuditEntry>> export_audit(const AuditFilter& filter,
                                          const PageRequest& page) override;
    Result<void> append_audit(const AuditDraft& entry) override;
    Result<Timestamp> note_signature(const KeyDigest& digest, Timestamp now,
                                     Timestamp expires_at) override;

    Result<RepeatedRequest> reserve_request(const RequestReservation& reservation) override;
    Result<void> answer_request(const Uuid& reservation, const std::string& answer) override;
    Result<void> release_request(const Uuid& reservation) override;

    Result<AuditTail> audit_tail(std::chrono::microseconds overlap, Timestamp until,
                                 std::size_t limit) override;
    Result<void> append_audit_seal(const AuditSeal& seal) override;
    Result<std::vector<AuditSeal>> audit_seals(std::int64_t after, std::size_t limit) override;
    Result<std::vector<AuditEntry>> find_audit_entries(
        const std::vector<AuditEntryId>& ids) override;
    Result<std::vector<Cursor>> audit_places(const Cursor& after, std::size_t limit) override;
    Result<std::vector<std::optional<AuditEntryId>>> misplaced_audit_rows(
        std::size_t limit) override;

protected:
    Storage& real() const noexcept { return *real_; }

    /// Called before each step. If it returns an error, the step is not carried out and returns
    /// that error.
    virtual std::optional<Error> before(const StorageStep& step);
    /// Called after each step that was carried out, on the thread of `before`; `error` is null when
    /// it succeeded. If it returns an error, that error replaces the step's own result. If the step
    /// throws, `error` is kInternal, and the exception goes on.
    virtual std::optional<Error> after(const StorageStep& step, const Error* error);

private:
    template <class Call>
    auto forward(const StorageStep& step, Call call) -> decltype(call());
    template <class Call>
    auto carried_out(const StorageStep& step, Call& call) -> decltype(call());

    const std::shared_ptr<Storage> real_;
};

}  // namespace rescuestream
