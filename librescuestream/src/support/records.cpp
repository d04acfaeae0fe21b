#include "rescuestream/records.hpp"

#include <array>
#include <utility>

namespace rescuestream {
namespace {

template <class T, std::size_t N>
using NameTable = std::array<std::pair<T, std::string_view>, N>;

constexpr NameTable<OnDuplicate, 3> kOnDuplicateNames{{
    {OnDuplicate::kRejectIfHealthy, "reject_if_healthy"},
    {OnDuplicate::kReject, "reject"},
    {OnDuplicate::kTakeover, "takeover"},
}};
constexpr NameTable<PlaybackPolicy, 2> kPlaybackPolicyNames{{
    {PlaybackPolicy::kPublic, "public"},
    {PlaybackPolicy::kSigned, "signed"},
}};
constexpr NameTable<ConnectionKind, 6> kConnectionKindNames{{
    {ConnectionKind::kRtmp, "rtmp"},
    {ConnectionKind::kRtmps, "rtmps"},
    {ConnectionKind::kRtsp, "rtsp"},
    {ConnectionKind::kRtsps, "rtsps"},
    {ConnectionKind::kSrt, "srt"},
    {ConnectionKind::kWebRtc, "webrtc"},
}};
constexpr NameTable<OverBitrate, 2> kOverBitrateNames{{
    {OverBitrate::kWarn, "warn"},
    {OverBitrate::kCut, "cut"},
}};
constexpr NameTable<StreamKeyStatus, 3> kStreamKeyStatusNames{{
    {StreamKeyStatus::kActive, "active"},
    {StreamKeyStatus::kRevoked, "revoked"},
    {StreamKeyStatus::kExpired, "expired"},
}};
// "unknown" is our own name; the others are the terms of MediaMTX's auth requests.
constexpr NameTable<Protocol, 7> kProtocolNames{{
    {Protocol::kUnknown, "unknown"},
    {Protocol::kRtmp, "rtmp"},
    {Protocol::kRtsp, "rtsp"},
    {Protocol::kSrt, "srt"},
    {Protocol::kWebRtc, "webrtc"},
    {Protocol::kHls, "hls"},
    {Protocol::kMoq, "moq"},
}};
constexpr NameTable<ClaimDecision, 21> kClaimDecisionNames{{
    {ClaimDecision::kGranted, "granted"},
    {ClaimDecision::kUnknownKey, "unknown_key"},
    {ClaimDecision::kRevoked, "revoked"},
    {ClaimDecision::kExpired, "expired"},
    {ClaimDecision::kDisabled, "disabled"},
    {ClaimDecision::kBlocked, "blocked"},
    {ClaimDecision::kWrongPath, "wrong_path"},
    {ClaimDecision::kAddressNotAllowed, "address_not_allowed"},
    {ClaimDecision::kProtocolNotAllowed, "protocol_not_allowed"},
    {ClaimDecision::kNotYetValid, "not_yet_valid"},
    {ClaimDecision::kForeignConnection, "foreign_connection"},
    {ClaimDecision::kPathInUse, "path_in_use"},
    {ClaimDecision::kInUse, "in_use"},
    {ClaimDecision::kNoCredential, "no_credential"},
    {ClaimDecision::kInvalidPath, "invalid_path"},
    {ClaimDecision::kPathKeysDenied, "path_keys_denied"},
    {ClaimDecision::kUnknownNode, "unknown_node"},
    {ClaimDecision::kNodeDraining, "node_draining"},
    {ClaimDecision::kHelperNotLocal, "helper_not_local"},
    {ClaimDecision::kHelperPath, "helper_path"},
    {ClaimDecision::kKeyMisplaced, "key_misplaced"},
}};
constexpr NameTable<StreamState, 4> kStreamStateNames{{
    {StreamState::kLive, "live"},
    {StreamState::kReconnecting, "reconnecting"},
    {StreamState::kEnded, "ended"},
    {StreamState::kUnknown, "unknown"},
}};
constexpr NameTable<EndReason, 16> kEndReasonNames{{
    {EndReason::kClientDisconnected, "client_disconnected"},
    {EndReason::kReconnectTimeout, "reconnect_timeout"},
    {EndReason::kStopped, "stopped"},
    {EndReason::kKeyRevoked, "key_revoked"},
    {EndReason::kKeyRotated, "key_rotated"},
    {EndReason::kKeyExpired, "key_expired"},
    {EndReason::kDisabled, "disabled"},
    {EndReason::kTakenOver, "taken_over"},
    {EndReason::kMaxDuration, "max_duration"},
    {EndReason::kNeverStarted, "never_started"},
    {EndReason::kLost, "lost"},
    {EndReason::kNodeLost, "node_lost"},
    {EndReason::kAddressNotAllowed, "address_not_allowed"},
    {EndReason::kProtocolNotAllowed, "protocol_not_allowed"},
    {EndReason::kBitrateExceeded, "bitrate_exceeded"},
    {EndReason::kIncidentClosed, "incident_closed"},
}};
constexpr NameTable<ObservedBy, 4> kObservedByNames{{
    {ObservedBy::kHook, "hook"},
    {ObservedBy::kReconciler, "reconciler"},
    {ObservedBy::kAdmin, "admin"},
    {ObservedBy::kAuth, "auth"},
}};
constexpr NameTable<TransitionKind, 5> kTransitionKindNames{{
    {TransitionKind::kAccepted, "accepted"},
    {TransitionKind::kStarted, "started"},
    {TransitionKind::kInterrupted, "interrupted"},
    {TransitionKind::kResumed, "resumed"},
    {TransitionKind::kEnded, "ended"},
}};
constexpr NameTable<AuditOutcome, 2> kAuditOutcomeNames{{
    {AuditOutcome::kSuccess, "success"},
    {AuditOutcome::kFailure, "failure"},
}};
constexpr NameTable<AuditOrigin, 2> kAuditOriginNames{{
    {AuditOrigin::kServer, "server"},
    {AuditOrigin::kApi, "api"},
}};

template <class T, std::size_t N>
constexpr std::string_view name_of(const NameTable<T, N>& table, T value) noexcept {
    for (const auto& [candidate, name] : table) {
        if (candidate == value) return name;
    }
    return "";
}

template <class T, std::size_t N>
constexpr std::optional<T> value_of(const NameTable<T, N>& table, std::string_view name) noexcept {
    for (const auto& [value, candidate] : table) {
        if (candidate == name) return value;
    }
    return std::nullopt;
}

constexpr std::size_t kMaxPathLength = 255;

bool is_path_character(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-' || c == '/' || c == '.';
}

}  // namespace

std::string_view to_string(OnDuplicate value) noexcept {
    return name_of(kOnDuplicateNames, value);
}
std::string_view to_string(PlaybackPolicy value) noexcept {
    return name_of(kPlaybackPolicyNames, value);
}
std::string_view to_string(ConnectionKind value) noexcept {
    return name_of(kConnectionKindNames, value);
}
std::string_view to_string(OverBitrate value) noexcept {
    return name_of(kOverBitrateNames, value);
}
std::string_view to_string(StreamKeyStatus value) noexcept {
    return name_of(kStreamKeyStatusNames, value);
}
std::string_view to_string(Protocol value) noexcept {
    return name_of(kProtocolNames, value);
}
std::string_view to_string(ClaimDecision value) noexcept {
    return name_of(kClaimDecisionNames, value);
}
std::string_view to_string(StreamState value) noexcept {
    return name_of(kStreamStateNames, value);
}
std::string_view to_string(EndReason value) noexcept {
    return name_of(kEndReasonNames, value);
}
std::string_view to_string(ObservedBy value) noexcept {
    return name_of(kObservedByNames, value);
}
std::string_view to_string(TransitionKind value) noexcept {
    return name_of(kTransitionKindNames, value);
}
std::string_view to_string(AuditOutcome value) noexcept {
    return name_of(kAuditOutcomeNames, value);
}
std::string_view to_string(AuditOrigin value) noexcept {
    return name_of(kAuditOriginNames, value);
}

template <>
std::optional<OnDuplicate> parse_enum(std::string_view name) noexcept {
    return value_of(kOnDuplicateNames, name);
}
template <>
std::optional<PlaybackPolicy> parse_enum(std::string_view name) noexcept {
    return value_of(kPlaybackPolicyNames, name);
}
template <>
std::optional<ConnectionKind> parse_enum(std::string_view name) noexcept {
    return value_of(kConnectionKindNames, name);
}
template <>
std::optional<OverBitrate> parse_enum(std::string_view name) noexcept {
    return value_of(kOverBitrateNames, name);
}
template <>
std::optional<StreamKeyStatus> parse_enum(std::string_view name) noexcept {
    return value_of(kStreamKeyStatusNames, name);
}
template <>
std::optional<Protocol> parse_enum(std::string_view name) noexcept {
    return value_of(kProtocolNames, name);
}
template <>
std::optional<StreamState> parse_enum(std::string_view name) noexcept {
    return value_of(kStreamStateNames, name);
}
template <>
std::optional<EndReason> parse_enum(std::string_view name) noexcept {
    return value_of(kEndReasonNames, name);
}
template <>
std::optional<ObservedBy> parse_enum(std::string_view name) noexcept {
    return value_of(kObservedByNames, name);
}
template <>
std::optional<TransitionKind> parse_enum(std::string_view name) noexcept {
    return value_of(kTransitionKindNames, name);
}
template <>
std::optional<AuditOutcome> parse_enum(std::string_view name) noexcept {
    return value_of(kAuditOutcomeNames, name);
}
template <>
std::optional<AuditOrigin> parse_enum(std::string_view name) noexcept {
    return value_of(kAuditOriginNames, name);
}

bool is_reserved_path_name(std::string_view name) noexcept {
    return name == "all" || name == "all_others" || name.starts_with('~');
}

bool is_valid_path_name(std::string_view name) noexcept {
    if (name.empty() || name.size() > kMaxPathLength || is_reserved_path_name(name)) return false;
    for (const char c : name) {
        if (!is_path_character(c)) return false;
    }
    while (true) {
        const auto slash = name.find('/');
        const std::string_view segment = name.substr(0, slash);
        if (segment.empty() || segment == "." || segment == "..") return false;
        if (slash == std::string_view::npos) return true;
        name.remove_prefix(slash + 1);
    }
}

}  // namespace rescuestream
