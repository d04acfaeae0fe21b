#include "storage/memory/claim_rules.hpp"

namespace rescuestream::memory {
namespace {

bool is_same_device(const Claim& held, const Claim& wanted) noexcept {
    return !held.remote_address.empty() && !held.user_agent.empty() &&
           held.remote_address == wanted.remote_address && held.user_agent == wanted.user_agent;
}

bool is_unhealthy_or_same_device(const Claim& held, const ClaimRequest& request) noexcept {
    const Timestamp now = request.claim.claimed_at;
    if (held.stalled_since && now - *held.stalled_since >= request.stale_after) return true;
    return is_same_device(held, request.claim) &&
           (!held.last_takeover_at || now - *held.last_takeover_at >= request.same_device_interval);
}

}  // namespace

ClaimDecision judge_key(const StreamKey& key, const std::optional<std::string>& path,
                        Timestamp now) noexcept {
    switch (key.status_at(now)) {
        case StreamKeyStatus::kRevoked:
            return ClaimDecision::kRevoked;
        case StreamKeyStatus::kExpired:
            return ClaimDecision::kExpired;
        case StreamKeyStatus::kActive:
            break;
    }
    if (key.disabled || key.broadcaster_disabled) return ClaimDecision::kDisabled;
    if (key.blocked_until && *key.blocked_until > now) return ClaimDecision::kBlocked;
    if (path && *path != key.playback_path) return ClaimDecision::kWrongPath;
    return ClaimDecision::kGranted;
}

std::optional<HeldClaim> judge_claim(const Claim& held, const ClaimRequest& request,
                                     OnDuplicate policy) noexcept {
    const Timestamp now = request.claim.claimed_at;
    if (!held.live && now - held.claimed_at > request.reservation_timeout) return HeldClaim::kVoid;
    switch (policy) {
        case OnDuplicate::kTakeover:
            return HeldClaim::kTakeOver;
        case OnDuplicate::kRejectIfHealthy:
            if (is_unhealthy_or_same_device(held, request)) return HeldClaim::kTakeOver;
            return std::nullopt;
        case OnDuplicate::kReject:
            return std::nullopt;
    }
    return std::nullopt;
}

}  // namespace rescuestream::memory
