#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rescuestream/logger.hpp"
#include "rescuestream/media_server.hpp"
#include "rescuestream/nodes.hpp"
#include "rescuestream/paging.hpp"
#include "rescuestream/random_source.hpp"
#include "rescuestream/records.hpp"
#include "rescuestream/result.hpp"
#include "rescuestream/secret.hpp"
#include "rescuestream/storage.hpp"
#include "rescuestream/time.hpp"

namespace rescuestream {

/// What happens to a device that publishes to its key value as the path.
enum class LegacyPathKeys {
    kRelay,   ///< Allowed; it is listed and watched at the key's public path, and only the media
              ///< server itself may read the secret one.
    kExpose,  ///< Allowed; the viewers' addresses contain the key value while it is live.
    kDeny,    ///< Refused.
};

/// What happens to a publisher on a media server that no key of ours accounts for.
enum class UnknownPublisher {
    kKick,    ///< It is removed.
    kAdopt,   ///< On the path of a usable key that nobody holds, it gets that key; else it is
              ///< removed.
    kIgnore,  ///< It stays, and no stream is made of it.
};

/// What happens to publishers while the storage is out of reach.
enum class DatabaseOutage {
    kDeny,   ///< They are refused.
    kGrace,  ///< Whose key was known to be good is let in, and settled when the storage is back.
};

/// Rules of an installation.
struct OrchestratorSettings {
    LegacyPathKeys legacy_path_keys = LegacyPathKeys::kRelay;
    /// With kRelay: what proves to us that a media server reads for itself. The same for all
    /// programs on one storage; empty: random.
    Secret relay_secret;
    /// With kRelay: how a media server reaches its own RTSP server.
    std::string relay_address = "rtsp://127.0.0.1:8554";
    OnDuplicate on_duplicate = OnDuplicate::kRejectIfHealthy;
    std::chrono::milliseconds reservation_timeout{30'000};
    std::chrono::milliseconds stale_after{5'000};       ///< A source silent for so long is stale.
    std::chrono::seconds reconnect_window{60};          ///< 0 to 1800 s.
    std::chrono::milliseconds node_lost_after{60'000};  ///< An unreachable node's streams end then.
    /// Empty: kKick, once the media server has been seen to ask us; until then unknown publishers
    /// are only watched (see NodeStanding). kKick and kAdopt: from the first look on.
    std::optional<UnknownPublisher> unknown_publisher;
    DatabaseOutage database_outage = DatabaseOutage::kDeny;
    /// With kGrace: for so long after the storage was last heard of what it said is good enough.
    std::chrono::seconds outage_grace{600};
    std::size_t publish_steps = 8;  ///< Of the storage, at once; each decides up to 64 requests.
    std::chrono::milliseconds poll_interval{1'000};    ///< Between two looks at the media server.
    std::chrono::milliseconds cutoff_deadline{2'000};  ///< Longest wait for a verified cut-off.
    PublicAddresses addresses;                         ///< Of the default node.
    std::string api_url;                               ///< Of the default node; only shown.
    /// The credential that the default node's connection sends, and which alone opens the node's
    /// interfaces (`may_control`). Empty: nothing opens them.
    std::string api_user;
    Secret api_password;
    /// A registered node without a credential of its own gets one that is derived from this, for it
    /// alone. The same for all programs on one storage; empty: none.
    Secret control_secret;
    std::string node = "default";  ///< Name of the default node.
};

/// Opens a node that was registered; must not connect to it yet. An error refuses a node before it
/// is stored; one that is stored already is shown with it. kInvalidArgument: its address.
using OpenMediaServer = std::function<Result<std::unique_ptr<MediaServer>>(const Node&)>;

/// `open_media_mtx` with the node's address and credential.
Result<std::unique_ptr<MediaServer>> open_media_mtx_of(const Node& node);

struct OrchestratorOptions {
    std::unique_ptr<Storage> storage;                       ///< Required.
    std::unique_ptr<MediaServer> media_server;              ///< Required; that of the default node.
    OpenMediaServer open_media_server = open_media_mtx_of;  ///< For every other node.
    /// How this program is called among those that share the storage: no two at a time may have the
    /// same. One that keeps its name when it is started again goes on at once, even after a crash.
    /// Empty: a random name.
    std::string server_name;
    OrchestratorSettings settings;
    const Clock* clock = nullptr;    ///< Empty: the machine's. Must outlive the orchestrator.
    RandomSource* random = nullptr;  ///< Empty: the machine's. Must outlive the orchestrator.
    Logger* logger = nullptr;        ///< Empty: silent. Must outlive the orchestrator.
};

/// Who asks for a change: what the audit entry of the change says.
struct Caller {
    std::string actor = "library";
    std::string request_method;
    std::string request_path;
    std::string ip_address;
    std::optional<std::string> request_id;
};

struct NewBroadcaster {
    std::string display_name;
    JsonObject metadata;
};

struct BroadcasterPatch {
    std::optional<std::string> display_name;
    std::optional<JsonObject> metadata;
};

struct NewStreamKey {
    BroadcasterId broadcaster_id;
    std::string label;
    std::optional<std::string> playback_path;  ///< Empty: `live/` and 12 random characters.
    std::optional<Timestamp> expires_at;       ///< In the future.
    std::optional<OnDuplicate> on_duplicate;
    std::optional<std::chrono::seconds> reconnect_window;      ///< 0 to 1800 s.
    std::optional<std::chrono::seconds> stale_after;           ///< 1 to 60 s.
    std::optional<std::chrono::seconds> max_session_duration;  ///< 1 s to 30 days.
};

struct StreamKeyPatch {
    std::optional<std::string> label;
    std::optional<Timestamp> expires_at;  ///< In the future.
    std::optional<OnDuplicate> on_duplicate;
    std::optional<std::chrono::seconds> reconnect_window;
    std::optional<std::chrono::seconds> stale_after;
    std::optional<std::chrono::seconds> max_session_duration;
    /// Names of members that get back to "never" or to the installation's default: `expires_at`,
    /// `on_duplicate`, `reconnect_window`, `stale_after`, `max_session_duration`.
    std::vector<std::string> reset;
};

/// A key together with its value: exists once, at creation.
struct CreatedStreamKey {
    StreamKey key;
    Secret value;
};

struct ViewerAddresses {
    std::string hls;
    std::string webrtc;
    std::string rtsp;
};

/// What to type into an encoder. Holds the key value.
struct EncoderAddresses {
    std::string obs_server;      ///< OBS: Settings, Stream, "Server".
    std::string obs_stream_key;  ///< OBS: Settings, Stream, "Stream Key".
    std::string rtmp;
    std::string rtsp;
    std::string srt;
    std::string whip;         ///< Needs `Authorization: Bearer <key value>`.
    std::string legacy_rtmp;  ///< For devices that can only send a path; empty if denied.
};

/// What was done on one node.
struct NodeCutoff {
    std::string node;
    int kicked = 0;
    int pending = 0;
    bool reachable = true;  ///< False: that is why something is pending.
};

struct CutoffReport {
    int kicked = 0;   ///< Connections that are verifiably gone now.
    int pending = 0;  ///< Connections that will be removed as soon as their node allows it.
    std::vector<NodeCutoff> nodes;  ///< Those on which there was something to do, by name.
};

struct NewNode {
    std::string name;
    std::string label;
    std::string api_url;  ///< http://host:port of MediaMTX's control API.
    std::string api_user;
    Secret api_password;
    PublicAddresses addresses;
};

/// Absent members stay as they are.
struct NodePatch {
    std::optional<std::string> label;
    std::optional<std::string> api_url;
    std::optional<std::string> api_user;
    std::optional<Secret> api_password;
    std::optional<PublicAddresses> addresses;
    std::optional<bool> draining;
};

struct RevokedStreamKey {
    StreamKey key;
    CutoffReport cutoff;
};

struct ChangedStreamKey {
    StreamKey key;
    CutoffReport cutoff;
};

struct RotatedStreamKey {
    StreamKey key;
    Secret value;
    CutoffReport cutoff;
};

struct ChangedBroadcaster {
    Broadcaster broadcaster;
    CutoffReport cutoff;
};

struct StoppedStream {
    Stream stream;
    CutoffReport cutoff;
};

/// What the media server delivered lately for a live stream.
struct StreamFigures {
    Timestamp measured_at{};
    std::uint64_t inbound_bytes = 0;  ///< Of all its connections so far.
    std::uint64_t bitrate = 0;        ///< Bits per second, mean over about 10 s.
    std::uint64_t peak_bitrate = 0;
    std::vector<std::string> tracks;               ///< MediaMTX's words: "H264", "Opus", ….
    std::map<std::string, std::uint32_t> readers;  ///< Viewers by protocol: "hls", "webrtc", ….
    std::uint32_t peak_readers = 0;
    std::string remote_address;  ///< Of the publisher; IP without port; empty: not known.
    Protocol protocol = Protocol::kUnknown;
    std::optional<std::uint64_t> frames_in_error;  ///< Empty: this MediaMTX does not count them.
};

/// A publish request as the media server asks it. Source: MediaMTX, HTTP authentication.
struct PublishRequest {
    std::string node;  ///< Which media server asks; empty: the default node.
    std::string path;
    Protocol protocol = Protocol::kUnknown;
    std::optional<ConnectionId> connection;  ///< Empty: a question without a connection (a page).
    std::string remote_address;
    std::string user;
    Secret password;
    Secret token;
    Secret query;  ///< Raw, without `?`, percent-encoded.
    std::string user_agent;
};

/// A request to watch, as the media server asks it.
struct ReadRequest {
    std::string path;
    std::string user;
    Secret password;
};

/// A request to one of a media server's own interfaces (control, metrics, profiling), as the media
/// server asks it.
struct ControlRequest {
    std::string node;  ///< Which media server asks; empty: the default node.
    std::string user;
    Secret password;
};

enum class PublishRefusal {
    kNoCredential,  ///< Nothing in the request can be a key value. Usual as a first RTSP request.
    kInvalidPath,
    kUnknownKey,
    kRevoked,
    kExpired,
    kDisabled,
    kBlocked,
    kWrongPath,
    kForeignConnection,  ///< The id of its connection is that of another key's publisher.
    kInUse,
    kPathKeysDenied,
    kUnknownNode,
    kNodeDraining,
};

std::string_view to_string(PublishRefusal refusal) noexcept;

struct PublishDecision {
    std::optional<PublishRefusal> refusal;  ///< Empty: accepted.
    StreamKeyId stream_key_id;              ///< Nil when no key was found.
    bool in_outage = false;                 ///< By memory alone: see DatabaseOutage::kGrace.

    bool accepted() const noexcept { return !refusal.has_value(); }
};

/// What a hook of the media server says.
struct SourceReport {
    std::string path;
    std::optional<std::string> source_type;
    std::optional<ConnectionId> source_id;
};

struct NewAuditEvent {
    std::string event_type;
    std::optional<std::string> actor, resource_type, resource_id, request_method, request_path;
    std::optional<AuditOutcome> outcome;
    std::optional<std::string> failure_reason;
    JsonObject metadata;
};

enum class EventType { kStreamStarted, kStreamResumed, kStreamInterrupted, kStreamEnded };

std::string_view to_string(EventType type) noexcept;

/// A fact about a stream. `stream` is as it was just after.
struct Event {
    EventType type = EventType::kStreamStarted;
    Timestamp at{};
    Stream stream;
};

struct Health {
    bool storage_reachable = false;
    bool storage_full = false;    ///< It can be read, and not written: ErrorCode::kStorageFull.
    std::string storage_reason;   ///< One sentence: why it is not reachable, or full.
    std::string storage_warning;  ///< One sentence: its disk will soon be full. Empty: it will not.
    std::size_t unwritten = 0;    ///< Refusals in force here that wait for the storage.
    bool media_server_reachable = false;  ///< By the last poll.
    std::string media_server_version;
    std::optional<Timestamp> media_server_seen_at;
    bool first_poll_done = false;
};

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
