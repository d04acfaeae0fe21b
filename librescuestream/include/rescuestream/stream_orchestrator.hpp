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
#include "rescuestream/audit.hpp"
#include "rescuestream/broadcasters.hpp"
#include "rescuestream/caller.hpp"
#include "rescuestream/cutoff_report.hpp"
#include "rescuestream/events.hpp"
#include "rescuestream/figures.hpp"
#include "rescuestream/health.hpp"
#include "rescuestream/ids.hpp"
#include "rescuestream/key_changes.hpp"
#include "rescuestream/logger.hpp"
#include "rescuestream/media_mtx.hpp"
#include "rescuestream/media_server.hpp"
#include "rescuestream/nodes.hpp"
#include "rescuestream/open_media_server.hpp"
#include "rescuestream/options.hpp"
#include "rescuestream/paging.hpp"
#include "rescuestream/publishing.hpp"
#include "rescuestream/random_source.hpp"
#include "rescuestream/records.hpp"
#include "rescuestream/result.hpp"
#include "rescuestream/schema_status.hpp"
#include "rescuestream/secret.hpp"
#include "rescuestream/settings.hpp"
#include "rescuestream/storage.hpp"
#include "rescuestream/stream_keys.hpp"
#include "rescuestream/streams.hpp"
#include "rescuestream/time.hpp"

namespace rescuestream {

/// The one door to everything: decides publish requests, follows what is live, cuts off, and keeps
/// broadcasters, stream keys and the record.
///
/// Input is checked here: kInvalidArgument names every wrong member in `Error::fields`. Every
/// method may also answer kUnavailable, kTimeout, kStorageFull or kInternal when a backend does;
/// then nothing changed, except after kTimeout, where the outcome is unknown.
///
/// What takes a right away (revoke, disable, stop, delete with force) does more when it cannot be
/// written because the storage is full or known to be out of reach, between `start` and `stop`: it
/// answers the same error, whose message says so, but this program refuses the keys from then on,
/// removes their connections, and writes the change as soon as the storage takes it.
///
/// Thread-safety: all methods may be called from any thread, except construction, move,
/// destruction. Ownership: holds its backends; `clock`, `random` and `logger` must outlive it.
class StreamOrchestrator {
public:
    /// Throws std::invalid_argument when a required option is missing.
    explicit StreamOrchestrator(OrchestratorOptions options);
    StreamOrchestrator(StreamOrchestrator&&) noexcept;
    StreamOrchestrator& operator=(StreamOrchestrator&&) noexcept;
    ~StreamOrchestrator();  ///< Calls `stop`.

    // Life -------------------------------------------------------------------------------------

    /// Starts the thread that polls the media server and works off what is pending. Call once.
    void start();
    /// Ends that thread; returns when it has ended. Not started: nothing.
    void stop();
    /// One round of what the thread does; for callers that bring their own thread, and for tests.
    void tick();

    /// `listener` is called for each event, in order, on the thread that caused it; it must return
    /// soon and must not throw. Subscribe before `start`.
    void subscribe(std::function<void(const Event&)> listener);
    /// `listener` is called, on a thread of the storage, soon after another program may have
    /// changed a key or a node or ordered a cut-off; also without need. Call it before `start`.
    void subscribe_changes(std::function<void()> listener);

    /// Rises with every change that this program has made, by whatever way (a call, a hook, a poll,
    /// a decision, a cut-off), before anybody is told of it; and when it hears of one that another
    /// program has made. What was read while this stood at one value is still true of this
    /// program's changes as long as it does. Asks nobody.
    std::uint64_t change_count() const noexcept;

    Health health();
    Result<SchemaStatus> schema_status();
    /// See Storage::migrate.
    Result<SchemaStatus> migrate(std::optional<int> target = std::nullopt);

    // Broadcasters -----------------------------------------------------------------------------

    Result<Broadcaster> create_broadcaster(const NewBroadcaster& input, const Caller& caller);
    Result<Broadcaster> find_broadcaster(BroadcasterId id);
    Result<Page<Broadcaster>> list_broadcasters(const PageRequest& page = {});
    Result<Broadcaster> update_broadcaster(BroadcasterId id, const BroadcasterPatch& patch,
                                           const Caller& caller);
    /// Its keys are revoked and gone from the lists; streams and audit stay. kConflict while one of
    /// its streams is live and not `force`.
    Result<CutoffReport> delete_broadcaster(BroadcasterId id, bool force, const Caller& caller);

    /// All keys of a disabled broadcaster refuse publishers, and their connections are removed, as
    /// `disable_stream_key` does it. Done before: no error.
    Result<ChangedBroadcaster> disable_broadcaster(BroadcasterId id, const Caller& caller);
    Result<ChangedBroadcaster> enable_broadcaster(BroadcasterId id, const Caller& caller);

    // Stream keys ------------------------------------------------------------------------------

    Result<CreatedStreamKey> create_stream_key(const NewStreamKey& input, const Caller& caller);
    Result<StreamKey> find_stream_key(StreamKeyId id);
    Result<Page<StreamKey>> list_stream_keys(const StreamKeyFilter& filter = {},
                                             const PageRequest& page = {});
    /// What changed in the list of all keys since `place`, for callers that keep that list. See
    /// Storage::key_list_after.
    Result<KeyListChanges> key_list_after(const std::string& place);
    /// The refusal is committed first; then every connection of the key is kicked and seen to be
    /// gone, for at most `cutoff_deadline`. What could not be done is done later by `tick`. Revoked
    /// before: no error.
    Result<RevokedStreamKey> revoke_stream_key(StreamKeyId id, const Caller& caller);
    /// kConflict: it is revoked. Limits are checked against streams that are live, too: one that a
    /// new limit has outrun ends within a poll.
    Result<StreamKey> update_stream_key(StreamKeyId id, const StreamKeyPatch& patch,
                                        const Caller& caller);
    /// A disabled key refuses publishers, and its connection is removed as `revoke_stream_key` does
    /// it; it may be enabled again. Done before: no error. kConflict: it is revoked.
    Result<ChangedStreamKey> disable_stream_key(StreamKeyId id, const Caller& caller);
    Result<ChangedStreamKey> enable_stream_key(StreamKeyId id, const Caller& caller);
    /// Gives it another value. The value before is void, and a publisher that used it is removed,
    /// after `overlap` (0 to 7 days). kConflict: it is revoked.
    Result<RotatedStreamKey> rotate_stream_key(StreamKeyId id, std::chrono::seconds overlap,
                                               const Caller& caller);
    /// On the default node.
    EncoderAddresses encoder_addresses(const StreamKey& key, const Secret& value) const;
    ViewerAddresses viewer_addresses(const StreamKey& key) const;

    // Streams ----------------------------------------------------------------------------------

    /// `kUnknown` in `states`: `kLive` and `kReconnecting`. kInvalidArgument: `from` after `to`.
    Result<Page<Stream>> list_streams(const StreamFilter& filter, const PageRequest& page = {});
    Result<Stream> find_stream(StreamId id);
    /// What happened to it, oldest first. kNotFound.
    Result<std::vector<StreamTransition>> stream_timeline(StreamId id);
    /// The last measurement of a stream that has not ended; empty: there is none.
    std::optional<StreamFigures> stream_figures(StreamId id);
    /// Removes its connection, as `revoke_stream_key` does. Its key stays valid, and an encoder
    /// that retries comes back, once `block` (0 s to 1 day) is over. Ended before: no error.
    Result<StoppedStream> stop_stream(StreamId id, std::chrono::seconds block,
                                      const Caller& caller);
    /// On the stream's node.
    ViewerAddresses viewer_addresses(const Stream& stream) const;

    // Nodes ------------------------------------------------------------------------------------

    /// The default node first, then by name.
    Result<std::vector<NodeStatus>> list_nodes();
    /// kNotFound.
    Result<NodeStatus> find_node(const std::string& name);
    /// kConflict: the name is taken. The opener's error (OrchestratorOptions::open_media_server):
    /// nothing is stored.
    Result<NodeStatus> create_node(const NewNode& input, const Caller& caller);
    /// kNotFound. Addresses and credential of the default node are this program's settings:
    /// kInvalidArgument. So is another `api_url` (scheme, host or port) without `api_password`, if
    /// a password is stored: it is not sent to a server that it was not given for.
    Result<NodeStatus> update_node(const std::string& name, const NodePatch& patch,
                                   const Caller& caller);
    /// Nothing is kicked; MediaMTX is no longer looked after. kNotFound; kConflict: one of its
    /// streams has not ended, or it is the default node.
    Result<void> delete_node(const std::string& name, const Caller& caller);

    /// From now on unknown publishers of the node are removed, whether its media server has been
    /// seen to ask us or not; see NodeStanding. Done before: no error, nothing is written.
    /// kNotFound.
    Result<NodeStatus> enforce_node(const std::string& name, const Caller& caller);

    // What the media server asks and says ------------------------------------------------------

    /// Calls no media server. An error means: refuse.
    Result<PublishDecision> decide_publish(const PublishRequest& request);
    /// The same without waiting for the storage, between `start` and `stop`: `done` is called once,
    /// on this thread before it returns when memory decides, else on a thread of the orchestrator.
    /// It must return soon and must not throw. Decisions that wait together share one step of the
    /// storage; one that could not be made within 1.5 s is kUnavailable or kTimeout.
    void decide_publish(const PublishRequest& request,
                        std::function<void(Result<PublishDecision>)> done);
    /// Whether somebody may watch. Asks nobody. False: the path is a key value, and it is not the
    /// media server that reads it for the public path (LegacyPathKeys::kRelay).
    bool may_read(const ReadRequest& request) const;
    /// Whether somebody may use a media server's own interfaces: whoever has the credential with
    /// which we ask that node ourselves. Asks nobody, in constant time; MediaMTX asks it before it
    /// answers any call of ours.
    bool may_control(const ControlRequest& request) const;
    /// A path has a source. A report that no claim backs, or that the media server does not confirm
    /// when it is asked for the path, changes nothing and is no error: a hook may come late, or not
    /// from the media server at all.
    Result<void> source_available(const SourceReport& report);
    /// A path has lost its source; confirmed in the same way. A report about a connection that is
    /// not the stream's changes nothing and is no error.
    Result<void> source_unavailable(const SourceReport& report);

    // Record -----------------------------------------------------------------------------------

    Result<AuditPage> list_audit(const AuditFilter& filter);
    /// For what another program did: the entry's origin is kApi. Names that this library's own
    /// entries have as actor are the caller's alone: kInvalidArgument.
    Result<AuditEntry> record_audit_event(const NewAuditEvent& input, const Caller& caller);

    /// Whether a signed change may be carried out: false when the same signature was first seen
    /// more than 2 s ago, by whichever program on the storage. (Within 2 s it may be another change
    /// of the same content: signatures have seconds.) `expires_at`: from then on it is stale by
    /// itself. When the storage cannot say, the change must not be carried out.
    Result<bool> may_use_signature(std::string_view signature, Timestamp expires_at);

    /// "now" of the injected clock: what key states are judged by.
    Timestamp now() const;

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace rescuestream
