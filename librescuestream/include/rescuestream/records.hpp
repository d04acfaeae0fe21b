#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rescuestream/address_range.hpp"
#include "rescuestream/ids.hpp"
#include "rescuestream/json_object.hpp"
#include "rescuestream/members.hpp"
#include "rescuestream/secret.hpp"
#include "rescuestream/time.hpp"

namespace rescuestream {

/// The members of a broadcaster that can be set. Their limits and help texts are in the table of
/// src/fields/broadcaster.hpp.
template <template <class> class As>
struct BroadcasterMembers {
    As<std::string> display_name;  ///< 1 to 255 characters, not blank.
    As<JsonObject> metadata;

    bool operator==(const BroadcasterMembers&) const = default;
};

/// A person or unit that owns stream keys.
struct Broadcaster : BroadcasterMembers<AsValue> {
    BroadcasterId id;
    Timestamp created_at{};
    Timestamp updated_at{};
    bool disabled = false;  ///< All its keys refuse publishers.
    /// To which it and its keys are assigned.
    std::optional<IncidentId> incident_id = std::nullopt;

    bool operator==(const Broadcaster&) const = default;
};

/// What happens to a second encoder on a key that has a connection already.
enum class OnDuplicate {
    kRejectIfHealthy,  ///< Refused while the present connection delivers; takes over if that is
                       ///< stale.
    kReject,           ///< Refused while a connection exists.
    kTakeover,         ///< Always takes over.
};

/// Who may watch the stream of a key.
enum class PlaybackPolicy {
    kPublic,  ///< Anybody who knows the address.
    kSigned,  ///< Only with a playback token for its path.
};

/// The kind of a publisher's connection: its protocol, and whether it is encrypted.
enum class ConnectionKind { kRtmp, kRtmps, kRtsp, kRtsps, kSrt, kWebRtc };

/// What happens to a stream whose source exceeds the key's bitrate.
enum class OverBitrate {
    kWarn,  ///< It continues, and says so.
    kCut,   ///< It ends.
};

/// The policies of a key. An empty member means the installation's default. The limits, the name
/// and the help text of each are in the table of src/fields/stream_key.hpp.
struct StreamKeyPolicies {
    std::optional<OnDuplicate> on_duplicate;
    std::optional<std::chrono::seconds> reconnect_window;      ///< 0 to 1800 s.
    std::optional<std::chrono::seconds> stale_after;           ///< 1 to 60 s.
    std::optional<std::chrono::seconds> max_session_duration;  ///< 1 s to 30 days.
    std::optional<PlaybackPolicy> playback_policy;
    /// 1 to 32 ranges. Publishers with another or an unknown address are refused.
    std::optional<std::vector<AddressRange>> allowed_addresses;
    /// 1 to 6 kinds. Publishers with another or an unknown protocol are refused. Whether a
    /// publisher is encrypted is only known when its source is present.
    std::optional<std::vector<ConnectionKind>> protocols;
    std::optional<Timestamp> not_before;       ///< New publishers are refused until then.
    std::optional<std::uint64_t> max_bitrate;  ///< Bits per second: 10,000 to 1,000,000,000.
    std::optional<OverBitrate> over_bitrate;   ///< Empty: kWarn. Without effect if no max_bitrate.
    /// 1 to 100; the higher number has precedence. Permits the key to share its path with keys of
    /// its broadcaster that have one, too. Empty: the key has its path alone.
    std::optional<std::uint32_t> priority;
    /// Policies that a newer release has stored. They are kept unchanged. Because this program
    /// cannot apply them, the key is not usable.
    JsonObject from_newer_release;

    bool operator==(const StreamKeyPolicies&) const = default;
};

/// The status of a key as the HTTP contract names it. A key is expired from `expires_at` on; a
/// revoked key stays revoked.
enum class StreamKeyStatus { kActive, kRevoked, kExpired };

/// A credential with which one broadcaster can publish. It does not contain the key value.
struct StreamKey {
    StreamKeyId id;
    BroadcasterId broadcaster_id;
    std::string label;  ///< For people; 0 to 255 characters.
    /// MediaMTX path name. Among keys that are not revoked, only keys of one broadcaster that all
    /// have a priority have the same one.
    std::string playback_path;
    StreamKeyPolicies policies;
    bool disabled = false;
    bool broadcaster_disabled = false;  ///< Whether its broadcaster is disabled.
    Timestamp created_at{};
    std::optional<Timestamp> expires_at;
    std::optional<Timestamp> revoked_at;
    std::optional<Timestamp> blocked_until;  ///< Publishers are refused until then.
    /// After a rotation with an overlap: the previous value is valid until then.
    std::optional<Timestamp> previous_value_expires_at;
    std::optional<Timestamp> last_used_at;  ///< When a publisher was last accepted.
    std::optional<IncidentId> incident_id;  ///< To which it is assigned.
    bool until_closed = false;  ///< It was made for its incident, and expires when that is closed.
    std::string created_by;     ///< The caller that created it; empty: an earlier release did.
    std::optional<Timestamp> rotated_at;  ///< When its value was last replaced.

    StreamKeyStatus status_at(Timestamp now) const noexcept;
    /// True if the key is active, all of its policies are known, and neither it nor its broadcaster
    /// is disabled. (A block only concerns new publishers.)
    bool is_usable_at(Timestamp now) const noexcept;
    bool is_blocked_at(Timestamp now) const noexcept;
    bool operator==(const StreamKey&) const = default;
};

/// The protocol of a connection, as MediaMTX names it in an auth request.
enum class Protocol { kUnknown, kRtmp, kRtsp, kSrt, kWebRtc, kHls, kMoq };

/// The connection that holds a key at present. An accepted publish request writes it before
/// anything is live.
struct Claim {
    ConnectionId connection;
    std::string node;  ///< Name of the media server; that of the default node is "default".
    Protocol protocol = Protocol::kUnknown;
    bool path_is_secret = false;     ///< The path ends with the key value: key_value_of_path.
    bool by_previous_value = false;  ///< Accepted with the value from before a rotation.
    std::string remote_address;      ///< IP without port.
    std::string user_agent;
    Timestamp claimed_at{};
    bool live = false;  ///< False: a reservation; the media server has not reported the source yet.
    std::optional<Timestamp>
        stalled_since;  ///< Time of its last byte, if it has stopped delivering.
    std::optional<Timestamp>
        last_takeover_at;  ///< When a live claim of the key was last taken over.

    bool operator==(const Claim&) const = default;
};

/// What becomes of a publish request, or of its claim on a key. The refusals that a storage gives
/// stand first, in the order in which they are checked.
enum class ClaimDecision {
    kGranted,     ///< The connection holds the key now, or held it already (same connection id).
    kUnknownKey,  ///< No key has that digest (or its broadcaster was deleted).
    kRevoked,
    kExpired,
    kDisabled,            ///< The key or its broadcaster.
    kBlocked,             ///< For a time, after its stream was stopped.
    kWrongPath,           ///< The path is not the key's own.
    kAddressNotAllowed,   ///< The publisher's address is not one of the key's allowed ones.
    kProtocolNotAllowed,  ///< The publisher's protocol is not one of the key's.
    kNotYetValid,         ///< The key may be used later.
    kForeignConnection,   ///< The connection id is that of another key's claim or live source.
    kPathInUse,     ///< Another key that shares the path has it, and this one may not take it over.
    kInUse,         ///< Another connection holds the key and may not be taken over.
    kNoCredential,  ///< Nothing in it can be a key value. Usual as a first RTSP request.
    kInvalidPath,
    kPathKeysDenied,
    kUnknownNode,
    kNodeDraining,
    kHelperNotLocal,  ///< The credential of helpers, sent from another machine.
    kHelperPath,      ///< The same for a path that is a key's, or that no helper may publish to.
    kKeyMisplaced,    ///< There is a key value where none is read: a query member of another name,
                      ///< the user name.
};

/// All but kGranted.
using PublishRefusal = ClaimDecision;

enum class StreamState {
    kLive,
    kReconnecting,  ///< The source is gone or silent, and the reconnect window has not ended.
    kEnded,
    kUnknown,  ///< Never stored: the stream was live or reconnecting when its node last answered.
};

enum class EndReason {
    kClientDisconnected,
    kReconnectTimeout,
    kStopped,
    kKeyRevoked,
    kKeyRotated,
    kKeyExpired,
    kDisabled,
    kTakenOver,
    kMaxDuration,
    kNeverStarted,
    kLost,
    kNodeLost,
    kAddressNotAllowed,
    kProtocolNotAllowed,
    kBitrateExceeded,
    kIncidentClosed,  ///< Its key was made for an incident that was closed.
};

/// Which part of the system observed or decided something.
enum class ObservedBy { kHook, kReconciler, kAdmin, kAuth };

/// Why a stream ends, and which part of the system decided it.
struct EndCause {
    EndReason reason = EndReason::kStopped;
    ObservedBy decided_by = ObservedBy::kAdmin;

    bool operator==(const EndCause&) const = default;
};

/// The totals of a stream, stored when it ends.
struct StreamTotals {
    std::uint64_t inbound_bytes = 0;
    std::uint64_t peak_bitrate = 0;  ///< Bits per second; the highest average over about 10 s.
    std::uint32_t peak_readers = 0;

    bool operator==(const StreamTotals&) const = default;
};

/// One publishing session of a key.
struct Stream {
    StreamId id;
    StreamKeyId stream_key_id;
    BroadcasterId broadcaster_id;
    std::string node;
    std::string path;  ///< The path in MediaMTX. With LegacyPathKeys::kExpose it may be the key
                       ///< value until the stream ends.
    StreamState state = StreamState::kLive;
    std::int32_t generation = 1;  ///< Incremented by each connection after the first.
    Timestamp started_at{};
    std::optional<Timestamp> ended_at;
    std::optional<EndReason> end_reason;
    std::optional<std::string> source_type;   ///< MediaMTX's term, for example "rtmpConn".
    std::optional<ConnectionId> source_id;    ///< The connection that delivers or delivered last.
    std::optional<Timestamp> interrupted_at;  ///< With kReconnecting: since when.
    std::int32_t interruptions = 0;  ///< Number of interruptions that ended with a reconnection.
    std::chrono::milliseconds interrupted_for{0};  ///< Total length of these interruptions.
    ObservedBy observed_by = ObservedBy::kHook;
    JsonObject metadata;
    std::optional<std::string> recording_ref;
    std::optional<StreamTotals> totals;     ///< Set for an ended stream whose source was measured.
    std::optional<IncidentId> incident_id;  ///< That of its key when it began; never changes.
    /// Never stored: with kUnknown, when its node last answered.
    std::optional<Timestamp> last_seen_at;
    /// Never stored: whether a live stream can be watched at its path, and if not, why, a sentence
    /// for people. Empty: not known, because this program does not poll its node.
    std::optional<bool> playable;
    std::optional<std::string> not_playable_reason;
    /// Never stored: with kLive, what its media server does not let it do, a sentence for people.
    std::optional<std::string> note;

    bool operator==(const Stream&) const = default;
};

enum class TransitionKind {
    kAccepted,     ///< A publisher was accepted.
    kStarted,      ///< Its source delivers: the stream is live.
    kInterrupted,  ///< The source is gone or silent.
    kResumed,      ///< A source delivers again.
    kEnded,
};

/// One line of a stream's timeline.
struct StreamTransition {
    Timestamp at{};
    TransitionKind kind = TransitionKind::kStarted;
    ObservedBy source = ObservedBy::kHook;
    std::int32_t generation = 1;
    std::optional<ConnectionId> connection;
    std::string reason;  ///< kInterrupted: "source_gone" or "stalled"; kEnded: the end reason.
    std::optional<std::chrono::milliseconds> gap;  ///< kResumed: how long it was interrupted.

    bool operator==(const StreamTransition&) const = default;
};

/// The part of a timeline that is requested.
struct TimelinePart {
    std::size_t after = 0;             ///< So many transitions, the oldest ones, are left out.
    std::optional<std::size_t> limit;  ///< At least 1. Empty: all that follow.
};

enum class AuditOutcome { kSuccess, kFailure };

/// The origin of an audit entry. Callers cannot choose it.
enum class AuditOrigin {
    kServer,  ///< Written by the step that changed something.
    kApi,     ///< Reported by another program (record_audit_event).
};

/// One entry of the audit log. It is never changed or deleted.
struct AuditEntry {
    AuditEntryId id;
    Timestamp timestamp{};
    std::string actor;
    std::string action;
    std::optional<std::string> resource_type;
    std::optional<std::string> resource_id;  ///< A lower-case UUID.
    std::string request_method;
    std::string request_path;
    std::string ip_address;
    AuditOutcome outcome = AuditOutcome::kSuccess;
    std::optional<std::string> failure_reason;
    JsonObject metadata;
    std::optional<std::string> request_id;
    AuditOrigin origin = AuditOrigin::kApi;

    bool operator==(const AuditEntry&) const = default;
};

/// A connection that must be removed from a media server. It is written in the transaction that
/// withdraws the right of the connection, and kept until a media server has confirmed that the
/// connection is gone. A key and a connection identify one cut-off.
struct Cutoff {
    StreamKeyId stream_key_id;
    ConnectionId connection;
    std::string node;
    Protocol protocol = Protocol::kUnknown;
    std::string playback_path;  ///< Of the key: one of the two paths at which the source can be.
    KeyDigest digest{};         ///< Of the key value: the other path is the one with this digest.
    std::optional<StreamId>
        stream_id;   ///< The stream that ends with the connection, if one had begun.
    EndCause cause;  ///< The cause of the end of that stream.
    Timestamp requested_at{};

    bool operator==(const Cutoff&) const = default;
};

/// Names used in JSON, on command lines and in databases ("reject_if_healthy", "webrtc", …).
std::string_view to_string(OnDuplicate value) noexcept;
std::string_view to_string(PlaybackPolicy value) noexcept;
std::string_view to_string(ConnectionKind value) noexcept;
std::string_view to_string(OverBitrate value) noexcept;
std::string_view to_string(StreamKeyStatus value) noexcept;
std::string_view to_string(Protocol value) noexcept;
std::string_view to_string(ClaimDecision value) noexcept;
std::string_view to_string(StreamState value) noexcept;
std::string_view to_string(EndReason value) noexcept;
std::string_view to_string(ObservedBy value) noexcept;
std::string_view to_string(TransitionKind value) noexcept;
std::string_view to_string(AuditOutcome value) noexcept;
std::string_view to_string(AuditOrigin value) noexcept;

/// The reverse of `to_string`; empty for an unknown name. `T` is one of the enumerations above.
template <class T>
std::optional<T> parse_enum(std::string_view name) noexcept;

template <>
std::optional<OnDuplicate> parse_enum(std::string_view name) noexcept;
template <>
std::optional<PlaybackPolicy> parse_enum(std::string_view name) noexcept;
template <>
std::optional<ConnectionKind> parse_enum(std::string_view name) noexcept;
template <>
std::optional<OverBitrate> parse_enum(std::string_view name) noexcept;
template <>
std::optional<StreamKeyStatus> parse_enum(std::string_view name) noexcept;
template <>
std::optional<Protocol> parse_enum(std::string_view name) noexcept;
template <>
std::optional<StreamState> parse_enum(std::string_view name) noexcept;
template <>
std::optional<EndReason> parse_enum(std::string_view name) noexcept;
template <>
std::optional<ObservedBy> parse_enum(std::string_view name) noexcept;
template <>
std::optional<TransitionKind> parse_enum(std::string_view name) noexcept;
template <>
std::optional<AuditOutcome> parse_enum(std::string_view name) noexcept;
template <>
std::optional<AuditOrigin> parse_enum(std::string_view name) noexcept;

/// True for a name that MediaMTX's configuration does not read as one path: `all`, `all_others`
/// (every path without an entry of its own) and whatever begins with `~` (a regular expression). A
/// configuration entry of such a name applies to many paths. Source: MediaMTX conf.Path.
bool is_reserved_path_name(std::string_view name) noexcept;

/// True for a name that MediaMTX accepts as a path and that names nothing but this path:
/// `[0-9a-zA-Z_\-/.]+`, no leading or trailing slash, no `.` or `..` segment, at most 255
/// characters, not reserved (see above). Source: MediaMTX conf.IsValidPathName. Stricter than
/// MediaMTX in one more point: an empty segment (`live//a`) is refused.
bool is_valid_path_name(std::string_view name) noexcept;

}  // namespace rescuestream
