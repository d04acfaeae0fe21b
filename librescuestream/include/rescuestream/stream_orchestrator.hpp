#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rescuestream/addresses.hpp"
#include "rescuestream/api_credentials.hpp"
#include "rescuestream/audit.hpp"
#include "rescuestream/audit_chain.hpp"
#include "rescuestream/broadcasters.hpp"
#include "rescuestream/caller.hpp"
#include "rescuestream/cutoff_report.hpp"
#include "rescuestream/events.hpp"
#include "rescuestream/figures.hpp"
#include "rescuestream/guest_links.hpp"
#include "rescuestream/health.hpp"
#include "rescuestream/ids.hpp"
#include "rescuestream/incidents.hpp"
#include "rescuestream/key_changes.hpp"
#include "rescuestream/logger.hpp"
#include "rescuestream/media_mtx.hpp"
#include "rescuestream/media_server.hpp"
#include "rescuestream/nodes.hpp"
#include "rescuestream/open_media_server.hpp"
#include "rescuestream/operating_figures.hpp"
#include "rescuestream/options.hpp"
#include "rescuestream/paging.hpp"
#include "rescuestream/playback.hpp"
#include "rescuestream/publishing.hpp"
#include "rescuestream/random_source.hpp"
#include "rescuestream/records.hpp"
#include "rescuestream/refused_attempts.hpp"
#include "rescuestream/repeatable_requests.hpp"
#include "rescuestream/result.hpp"
#include "rescuestream/schema_status.hpp"
#include "rescuestream/secret.hpp"
#include "rescuestream/settings.hpp"
#include "rescuestream/storage.hpp"
#include "rescuestream/stream_keys.hpp"
#include "rescuestream/streams.hpp"
#include "rescuestream/time.hpp"
#include "rescuestream/viewers.hpp"

namespace rescuestream {

/// The facade of the library: decides publish requests, observes which streams are live, removes
/// connections, and manages broadcasters, stream keys, nodes and the audit log.
///
/// Input is checked here: kInvalidArgument names every wrong member in `Error::fields`. Every
/// method may also return kUnavailable, kTimeout, kStorageFull or kInternal when a backend does;
/// then nothing was changed, except that after kTimeout the outcome is unknown. Methods on one
/// record return kNotFound if it does not exist.
///
/// A change that withdraws a right (revoke, disable, stop, delete with force) has an effect even if
/// it cannot be stored because the storage is full or known to be unreachable, between `start` and
/// `stop`: the method returns the same error, whose message says so, but this program refuses the
/// keys from then on, removes their connections, and stores the change as soon as the storage
/// accepts it.
///
/// Methods that read have a parameter `reader`: the credential of the caller for whom they read.
/// One that is restricted to broadcasters sees their records, as if no others existed; a change of
/// another one's record is kNotFound, and a change that is about no broadcaster of theirs is
/// kForbidden. Null means that everything is seen. Scopes are checked by the caller of this class.
///
/// Thread-safety: all methods may be called from any thread, except construction, move and
/// destruction. Ownership: owns its backends; `clock`, `random` and `logger` must outlive it.
class StreamOrchestrator {
public:
    /// Throws std::invalid_argument when a required option is missing.
    explicit StreamOrchestrator(OrchestratorOptions options);
    StreamOrchestrator(StreamOrchestrator&&) noexcept;
    StreamOrchestrator& operator=(StreamOrchestrator&&) noexcept;
    ~StreamOrchestrator();  ///< Calls `stop`.

    // Lifecycle
    // -------------------------------------------------------------------------------------

    /// Reads into memory what requests are decided by: keys, playback keys and credentials. While
    /// keys are unknown, viewers are refused. `start` calls it; a program that answers requests
    /// before `start` has returned calls it before that. Returns false if the storage does not
    /// answer. Call it after `migrate`.
    bool load();
    /// Starts the threads that poll the media servers and carry out pending work. Call it once.
    void start();
    /// Ends these threads and waits for their end. Does nothing if they were not started.
    void stop();
    /// Carries out one round of their work on the caller's thread; for tests, and for callers that
    /// use a thread of their own.
    void tick();

    /// Calls `listener` for each event, in order, on the thread that caused the event. `listener`
    /// must return soon and must not throw. Call it before `start`.
    void subscribe(std::function<void(const Event&)> listener);
    /// Calls `listener` on a thread of the storage soon after another program may have changed a
    /// key or a node or requested a cut-off; it may also be called without such a change. Call it
    /// before `start`.
    void subscribe_changes(std::function<void()> listener);

    /// Returns a counter that is incremented by every change that this program makes (a call, a
    /// hook, a poll, a decision, a cut-off), before the change is reported to anybody, and when it
    /// learns of a change by another program. While the counter stays the same, what was read
    /// before is not outdated by a change of this program. Calls no backend.
    std::uint64_t change_count() const noexcept;

    Health health();
    /// Returns the checks that `health`, a result of `health()`, consists of, and one for each
    /// node.
    std::vector<HealthCheck> health_checks(const Health& health);
    /// Returns what this program has counted and measured about itself, for monitoring. Calls no
    /// backend.
    OperatingFigures figures() const;
    Result<SchemaStatus> schema_status();
    /// See Storage::migrate.
    Result<SchemaStatus> migrate(std::optional<int> target = std::nullopt);

    // Broadcasters -----------------------------------------------------------------------------

    Result<Broadcaster> create_broadcaster(const NewBroadcaster& input, const Caller& caller);
    Result<Broadcaster> find_broadcaster(BroadcasterId id, const ApiCredential* reader = nullptr);
    Result<Page<Broadcaster>> list_broadcasters(const PageRequest& page = {},
                                                const ApiCredential* reader = nullptr);
    Result<Broadcaster> update_broadcaster(BroadcasterId id, const BroadcasterPatch& patch,
                                           const Caller& caller);
    /// Revokes its keys and removes it and them from the lists; its streams and audit entries stay.
    /// kConflict: one of its streams is live and `force` is false.
    Result<CutoffReport> delete_broadcaster(BroadcasterId id, bool force, const Caller& caller);

    /// Refuses publishers on all keys of the broadcaster and removes their connections as
    /// `disable_stream_key` does. Idempotent: a broadcaster that is disabled already is not an
    /// error.
    Result<ChangedBroadcaster> disable_broadcaster(BroadcasterId id, const Caller& caller);
    Result<ChangedBroadcaster> enable_broadcaster(BroadcasterId id, const Caller& caller);

    // Stream keys ------------------------------------------------------------------------------

    Result<CreatedStreamKey> create_stream_key(const NewStreamKey& input, const Caller& caller);
    Result<StreamKey> find_stream_key(StreamKeyId id, const ApiCredential* reader = nullptr);
    Result<Page<StreamKey>> list_stream_keys(const StreamKeyFilter& filter = {},
                                             const PageRequest& page = {},
                                             const ApiCredential* reader = nullptr);
    /// Returns what changed in the list of all keys since `place`, for callers that cache that
    /// list. See Storage::key_list_after.
    Result<KeyListChanges> key_list_after(const std::string& place);
    /// Commits the refusal first; then kicks every connection of the key and waits, for at most
    /// `cutoff_deadline`, until the media server confirms that it is gone. Later rounds (`tick`) do
    /// what remains. Idempotent: a key that is revoked already is not an error.
    Result<RevokedStreamKey> revoke_stream_key(StreamKeyId id, const Caller& caller);
    /// kConflict: the key is revoked. New limits also apply to live streams: one that exceeds a new
    /// limit ends within one poll.
    Result<StreamKey> update_stream_key(StreamKeyId id, const StreamKeyPatch& patch,
                                        const Caller& caller);
    /// Refuses publishers on the key and removes its connection as `revoke_stream_key` does. The
    /// key can be enabled again. Idempotent: a key that is disabled already is not an error.
    /// kConflict: the key is revoked.
    Result<ChangedStreamKey> disable_stream_key(StreamKeyId id, const Caller& caller);
    Result<ChangedStreamKey> enable_stream_key(StreamKeyId id, const Caller& caller);
    /// Replaces the key value. After `overlap` (0 to 7 days) the previous value is invalid, and a
    /// publisher that used it is removed. kConflict: the key is revoked.
    Result<RotatedStreamKey> rotate_stream_key(StreamKeyId id, std::chrono::seconds overlap,
                                               const Caller& caller);
    /// Addresses on the default node.
    EncoderAddresses encoder_addresses(const StreamKey& key, const Secret& value) const;
    /// The same with the text `KEY_VALUE` in the place of the key value.
    EncoderAddresses encoder_addresses(const StreamKey& key) const;
    ViewerAddresses viewer_addresses(const StreamKey& key) const;

    // Streams ----------------------------------------------------------------------------------

    /// `kUnknown` in `states` stands for `kLive` and `kReconnecting`. kInvalidArgument: `from` is
    /// after `to`.
    Result<Page<ListedStream>> list_streams(const StreamFilter& filter,
                                            const PageRequest& page = {},
                                            const ApiCredential* reader = nullptr);
    Result<ListedStream> find_stream(StreamId id, const ApiCredential* reader = nullptr);
    /// Returns the timeline of a stream, oldest first, or a part of it. kNotFound: no such stream.
    Result<std::vector<StreamTransition>> stream_timeline(StreamId id,
                                                          const ApiCredential* reader = nullptr,
                                                          const TimelinePart& part = {});
    /// Returns the last measurement of a stream that has not ended, or an empty optional if there
    /// is none.
    std::optional<StreamFigures> stream_figures(StreamId id);
    /// Removes the stream's connection as `revoke_stream_key` does. The key stays valid: an encoder
    /// that retries is accepted again after `block` (0 s to 1 day). Idempotent: a stream that has
    /// ended already is not an error.
    Result<StoppedStream> stop_stream(StreamId id, std::chrono::seconds block,
                                      const Caller& caller);
    /// Addresses on the stream's node.
    ViewerAddresses viewer_addresses(const Stream& stream) const;

    // Incidents --------------------------------------------------------------------------------

    Result<Incident> create_incident(const NewIncident& input, const Caller& caller);
    /// kNotFound.
    Result<IncidentDetails> find_incident(IncidentId id);
    Result<Page<Incident>> list_incidents(const IncidentFilter& filter = {},
                                          const PageRequest& page = {});
    /// kNotFound.
    Result<Incident> update_incident(IncidentId id, const IncidentPatch& patch,
                                     const Caller& caller);
    /// Assigns broadcasters and keys; the streams that begin from now on carry the incident. See
    /// IncidentStorage::assign_to_incident for errors.
    Result<IncidentDetails> assign_to_incident(IncidentId id, const IncidentAssignment& given,
                                               const Caller& caller);
    Result<IncidentDetails> take_from_incident(IncidentId id, const IncidentAssignment& given,
                                               const Caller& caller);
    /// Closes an incident: commits the end of the keys that were made for it, removes their
    /// connections as `revoke_stream_key` does, and takes everything else out of it. Its guest
    /// links are closed as by `close_guest_link`. Idempotent: an incident that is closed already is
    /// not an error. kNotFound.
    Result<ClosedIncident> close_incident(IncidentId id, const Caller& caller);
    /// Opens a closed incident again, within kReopenableFor. What was ended stays ended.
    /// Idempotent. kNotFound. kConflict: it was closed earlier.
    Result<Incident> reopen_incident(IncidentId id, const Caller& caller);
    /// Returns who was on air when, who watched, who was refused, and who did what. kNotFound.
    Result<IncidentReport> incident_report(IncidentId id);

    // Guest links ------------------------------------------------------------------------------

    /// Makes an address with which people without an account can watch. The code in it is only
    /// available now. kInvalidArgument: a key, a broadcaster or an open incident does not exist.
    Result<CreatedGuestLink> create_guest_link(const NewGuestLink& input, const Caller& caller);
    /// kNotFound.
    Result<GuestLink> find_guest_link(GuestLinkId id);
    Result<Page<GuestLink>> list_guest_links(const GuestLinkFilter& filter = {},
                                             const PageRequest& page = {});
    /// Changes a link. If that may take a right away (other streams, another PIN, an earlier end),
    /// the playback tokens that were made for it before are refused; whoever may still watch gets
    /// new ones from the page. kNotFound. kConflict: it is closed. kInvalidArgument: see
    /// create_guest_link.
    Result<GuestLink> update_guest_link(GuestLinkId id, const GuestLinkPatch& patch,
                                        const Caller& caller);
    /// From now on the link shows nothing, and the playback tokens that were made for it are
    /// refused. Idempotent. kNotFound.
    Result<GuestLink> close_guest_link(GuestLinkId id, const Caller& caller);
    /// Returns the link with this code. kNotFound: there is none, it is closed or it has expired.
    Result<GuestLinkRow> find_open_guest_link(const Secret& code);
    /// Returns a text that `has_guest_pass` accepts for 12 hours. Call it for somebody who has
    /// given the PIN (support/guest_secrets.hpp).
    std::string make_guest_pass(const GuestLinkRow& row);
    /// Returns whether the link has no PIN, or `pass` is a valid text of `make_guest_pass`.
    bool has_guest_pass(const GuestLinkRow& row, std::string_view pass);
    /// Returns the keys of a link, with what is on air, for a guest at the address of `caller`.
    /// Each stream that needs a playback token gets one, which is valid for an hour. kConflict: the
    /// link is used from as many addresses as it may be. kNotFound: the link is not `row` any more;
    /// it was closed or changed meanwhile.
    Result<std::vector<GuestStream>> guest_streams(const GuestLinkRow& row, const Caller& caller);

    // Nodes ------------------------------------------------------------------------------------

    /// Returns the default node first, and the others by name.
    Result<std::vector<NodeStatus>> list_nodes();
    /// kNotFound.
    Result<NodeStatus> find_node(const std::string& name);
    /// kConflict: the name is in use. If OrchestratorOptions::open_media_server returns an error,
    /// this method returns it and stores nothing.
    Result<NodeStatus> create_node(const NewNode& input, const Caller& caller);
    /// kNotFound: no such node. kInvalidArgument: a change of the addresses or the credential of
    /// the default node, which are settings of this program; or another `api_url` (scheme, host or
    /// port) without `api_password` while a password is stored, because a password is only sent to
    /// the server that it was given for.
    Result<NodeStatus> update_node(const std::string& name, const NodePatch& patch,
                                   const Caller& caller);
    /// Ends the supervision of the media server; kicks nothing. kNotFound: no such node. kConflict:
    /// one of its streams has not ended, or it is the default node.
    Result<void> delete_node(const std::string& name, const Caller& caller);

    /// Removes unknown publishers of the node from now on, even if its media server has not been
    /// seen to send auth requests here; see NodeStanding. Idempotent: if this is so already, the
    /// call succeeds without a write. kNotFound: no such node.
    Result<NodeStatus> enforce_node(const std::string& name, const Caller& caller);

    // Requests and reports of media servers ------------------------------------------------------

    /// Decides a publish request. Calls no media server. On an error the caller must refuse.
    Result<PublishDecision> decide_publish(const PublishRequest& request);
    /// The same without waiting for the storage, between `start` and `stop`. Calls `done` once: on
    /// this thread before this method returns if no call of the storage is needed, else on a thread
    /// of the orchestrator. `done` must return soon and must not throw. Requests that wait at the
    /// same time share one step of the storage. A decision that cannot be made within 1.5 s is
    /// kUnavailable or kTimeout.
    void decide_publish(const PublishRequest& request,
                        std::function<void(Result<PublishDecision>)> done);
    /// Decides whether a client may read a path: by the playback policy of the path's key, or else
    /// of the installation, and by the playback tokens in the request, of which all must be valid.
    /// A path that is a key value may only be read by the media server itself, for the public path
    /// (LegacyPathKeys::kRelay); programs that it starts read with the helper credential. The
    /// decision does not depend on whether the path exists. Calls no backend between `start` and
    /// `stop`.
    ReadDecision decide_read(const ReadRequest& request);
    bool may_read(const ReadRequest& request);
    /// Returns whether a client may use a media server's own interfaces. True: the request has the
    /// credential that this program itself sends to that node. Calls no backend, compares in
    /// constant time. MediaMTX requests this decision before it answers a call of this program.
    bool may_control(const ControlRequest& request) const;
    /// Reports that a path has a source. A report without a claim, or one that the media server
    /// does not confirm when it is asked for the path, changes nothing and is not an error: a hook
    /// may arrive late, or may not come from the media server at all.
    Result<void> source_available(const SourceReport& report);
    /// Reports that a path has lost its source. It is confirmed in the same way. A report about a
    /// connection that is not the stream's changes nothing and is not an error.
    Result<void> source_unavailable(const SourceReport& report);

    // Refused attempts ----------------------------------------------------------------------------

    /// Counts a refused question of a media server, so that somebody can find out why an encoder or
    /// a player cannot connect. Calls no backend between `start` and `stop`: the attempts are
    /// stored soon by a thread of the orchestrator, in a bounded number, and what is reported about
    /// them is reported there. The first question of an RTSP connection without a credential only
    /// counts if no other question of the connection follows within 5 s, because RTSP clients ask
    /// without a credential first. (`decide_publish` and `may_read` do not count: the caller may
    /// have reasons of its own to refuse.)
    void note_refusal(RefusedQuestion question);
    /// Notes that a question of the connection was accepted: its first question was no attempt.
    void note_acceptance(const ConnectionId& connection);
    /// Returns the newest refused attempts of all programs on this storage, of this one without a
    /// delay. Kept are 30 days, at most 5,000 entries with an existing key and 5,000 others.
    /// kInvalidArgument: the limit is not 1 to 1,000, or there is no such reason.
    /// A restricted reader sees those of the keys of its broadcasters.
    Result<std::vector<RefusedAttempt>> list_refused_attempts(
        const RefusedAttemptFilter& filter, const ApiCredential* reader = nullptr);

    // Credentials of callers ----------------------------------------------------------------------

    /// Creates a credential and returns it with its text, which cannot be read again. kForbidden:
    /// it would have more rights than the caller's credential; `fields` names each.
    Result<CreatedApiCredential> create_credential(const NewApiCredential& input,
                                                   const Caller& caller);
    /// Newest first, including those that are not valid any more. The last use is that of this
    /// program, or up to a minute late.
    Result<std::vector<ApiCredential>> list_credentials(const ApiCredential* reader = nullptr);
    Result<ApiCredential> find_credential(const ApiCredentialId& id,
                                          const ApiCredential* reader = nullptr);
    /// Other programs on the storage know of the change within 100 ms, and this one at once. The
    /// same applies to the methods below. kConflict: it is revoked. kForbidden: it has, or would
    /// have, more rights than the caller's credential.
    Result<ApiCredential> update_credential(const ApiCredentialId& id,
                                            const ApiCredentialPatch& patch, const Caller& caller);
    /// Replaces the secret. The previous one is valid for `overlap` (0 to 30 days).
    Result<CreatedApiCredential> rotate_credential(const ApiCredentialId& id,
                                                   std::chrono::seconds overlap,
                                                   const Caller& caller);
    /// Refuses the credential from now on. It stays in the list. Idempotent.
    Result<ApiCredential> revoke_credential(const ApiCredentialId& id, const Caller& caller);
    /// Does the same, and removes it from the list.
    Result<void> delete_credential(const ApiCredentialId& id, const Caller& caller);

    /// Checks `rsc_<id>_<secret>` and notes its use; `address` is that of the caller. Calls no
    /// backend between `start` and `stop`.
    CheckedCredential check_credential(std::string_view text, std::string_view address);
    /// Checks a signature made with the secret of a credential. `fits(secret)` computes whether the
    /// signature was made with this secret; it is also called if there is no such credential, so
    /// that the time does not tell. Calls no backend between `start` and `stop`.
    CheckedCredential check_credential_signature(std::string_view id, std::string_view address,
                                                 const std::function<bool(const Secret&)>& fits);

    /// Makes a session with the rights of the caller's credential (null: the shared secret). It
    /// ends after 12 hours, with `end_session`, with the credential, and with `secret`, the text
    /// that the caller was authenticated by. kInvalidArgument: `secret` is empty.
    Result<CreatedSession> create_session(const Secret& secret, const Caller& caller);
    /// Checks the token of a session. `shared` is the present shared secret; empty: it is not
    /// accepted. Calls no backend between `start` and `stop`.
    CheckedSession check_session(std::string_view token, std::string_view address,
                                 const Secret& shared);
    /// kNotFound.
    Result<void> end_session(std::string_view token, const Caller& caller);

    /// Returns whether a nonce is used for the first time by a program on this storage, and notes
    /// its use. It is forgotten from `expires_at` on.
    Result<bool> may_use_nonce(std::string_view nonce, Timestamp expires_at);

    // Playback tokens
    // ------------------------------------------------------------------------------

    /// Makes a playback token, signed with the newest own key, which is generated on first use.
    /// kNotFound: no such stream, stream key or incident. kConflict: there are too many short
    /// tokens, the incident is closed or has no keys, or this program has no `control_secret`.
    Result<MintedPlaybackToken> mint_playback_token(const NewPlaybackToken& input,
                                                    const Caller& caller);
    /// Refuses the tokens that were issued until now, on every program on this storage. It is not
    /// an error if there are none. For kOwner see rescuestream/playback.hpp.
    Result<RevokedPlaybackTokens> revoke_playback_tokens(RevokedBy by, const std::string& value,
                                                         const Caller& caller);
    /// Newest first; expired ones, too.
    Result<std::vector<PlaybackKey>> list_playback_keys();
    /// Accepts tokens of another program from now on. kConflict: a key has this id.
    Result<PlaybackKey> import_playback_key(const NewPlaybackKey& input, const Caller& caller);
    /// Makes a new own key, which signs from now on. Tokens of the previous ones stay valid for
    /// `overlap` (0 s to 24 h).
    Result<PlaybackKey> rotate_playback_key(std::chrono::seconds overlap, const Caller& caller);
    /// Refuses all tokens of a key from now on. Idempotent. kNotFound.
    Result<PlaybackKey> end_playback_key(const std::string& id, const Caller& caller);
    /// Returns the public halves of the own keys (RFC 7517), for programs that check tokens.
    Result<std::string> playback_jwks();

    // Viewers
    // --------------------------------------------------------------------------------------

    /// Returns viewers of all programs, newest first: 1 to 10,000, or 1,000 if no limit is given.
    /// Those that have ended are kept for a day, if they are not too many. kInvalidArgument: the
    /// limit is out of range. A reader who is restricted to broadcasters sees the viewers at the
    /// paths of their present keys.
    Result<Page<Viewer>> list_viewers(const ViewerFilter& filter = {}, const PageRequest& page = {},
                                      const ApiCredential* reader = nullptr);
    /// kNotFound: there is no such viewer, or the reader does not see it.
    Result<Viewer> find_viewer(const ConnectionId& id, const ApiCredential* reader = nullptr);
    /// Removes a viewer from its media server and waits, for at most `cutoff_deadline`, until it is
    /// gone. Its token stays valid. HLS sessions are not removed. Idempotent. kNotFound.
    Result<RemovedViewer> remove_viewer(const ConnectionId& id, const Caller& caller);

    // Audit log -----------------------------------------------------------------------------------

    /// kForbidden: the reader is restricted to broadcasters.
    Result<AuditPage> list_audit(const AuditFilter& filter, const ApiCredential* reader = nullptr);
    /// Returns the entries that match, newest first, in pages.
    Result<Page<AuditEntry>> export_audit(const AuditFilter& filter, const PageRequest& page,
                                          const ApiCredential* reader = nullptr);
    /// Seals all entries and returns the newest seal, to be kept elsewhere. Between `start` and
    /// `stop` entries are also sealed about once a second. kNotFound: there are no entries.
    Result<AuditCheckpoint> audit_checkpoint();
    /// Reads the whole audit log and compares it with its seals. Writes nothing. A log that was
    /// changed is not an error: the result says what. It needs 16 bytes of memory for each entry.
    /// `progress` may be empty.
    Result<AuditVerification> verify_audit(const std::optional<AuditCheckpoint>& checkpoint,
                                           const AuditProgress& progress);
    /// Records an event of another program; the entry's origin is kApi. kInvalidArgument: a member
    /// is wrong, or the actor is a name that only this library's own entries may have.
    Result<AuditEntry> record_audit_event(const NewAuditEvent& input, const Caller& caller);

    /// Records that a call was refused: who called (an empty actor is an unknown one), why, and how
    /// often lately. Calls no backend between `start` and `stop`: the entry is stored soon, at most
    /// 64 of them wait, and the caller of this method limits their number.
    void note_refused_call(const Caller& caller, std::string_view reason, std::uint64_t times);

    /// Returns whether a signed change may be carried out. False: a program on this storage first
    /// saw the same signature more than 2 s ago. (Within 2 s it may be another change with the same
    /// content, because signatures have a resolution of one second.) The signature is expired from
    /// `expires_at` on. On an error the change must not be carried out.
    Result<bool> may_use_signature(std::string_view signature, Timestamp expires_at);

    // Requests that may be repeated
    // -----------------------------------------------------------------

    /// Reserves a request, or returns what any program on this storage knows about an equal one of
    /// the last 24 hours. kFirst: carry it out with RequestConditions::reservation, then call
    /// `answer_request` or `release_request`. The change marks the reservation in its transaction,
    /// so the request is carried out once, also if a program or the database stops in between; then
    /// an equal request is kUnanswered, or kFirst if nothing was changed.
    Result<RepeatedRequest> reserve_request(const RepeatableRequest& request);
    /// Keeps the answer of a request whose change was made. It is encrypted with a key that is
    /// derived from RepeatableRequest::key, which is stored nowhere.
    Result<void> answer_request(const RepeatableRequest& request, const Uuid& reservation,
                                std::string_view answer);
    /// Gives up the reservation of a request that changed nothing. If it did, this does nothing.
    Result<void> release_request(const Uuid& reservation);

    /// Returns the present time of the injected clock, by which the states of keys are judged.
    Timestamp now() const;

private:
    Result<IncidentDetails> with_public_paths(Result<IncidentDetails> details);
    /// Refuses the playback tokens that were made for a guest link.
    Result<void> end_tokens_of(GuestLinkId link, const Caller& caller);

    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace rescuestream
