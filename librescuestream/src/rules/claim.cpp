#include "rules/claim.hpp"

namespace rescuestream::rules {
namespace {

bool yields(const Claim& held, const ClaimRequest& request) noexcept {
    const Timestamp now = request.claim.claimed_at;
    if (held.stalled_since && now - *held.stalled_since >= request.stale_after) return true;
    return is_same_device(held, request.claim) &&
           (!held.last_takeover_at || now - *held.last_takeover_at >= request.same_device_interval);
}

bool may_take_over(const Claim& held, const ClaimRequest& request, OnDuplicate policy) noexcept {
    switch (policy) {
        case OnDuplicate::kTakeover:
            return true;
        case OnDuplicate::kRejectIfHealthy:
            return yields(held, request);
        case OnDuplicate::kReject:
            return false;
    }
    return false;
}

}  // namespace

bool is_same_device(const Claim& held, const Claim& wanted) noexcept {
    return !held.remote_address.empty() && !held.user_agent.empty() &&
           held.remote_address == wanted.remote_address && held.user_agent == wanted.user_agent;
}

bool is_void(const Claim& claim, Timestamp now,
             std::chrono::milliseconds reservation_timeout) noexcept {
    return !claim.live && now - claim.claimed_at > reservation_timeout;
}

ClaimStep judge_claim(const std::optional<Claim>& held, const ClaimRequest& request,
                      const StreamKeyPolicies& policies, bool by_previous_value,
                      std::size_t unremoved) {
    if (held && held->connection == request.claim.connection) return {true, held, std::nullopt};
    const Timestamp now = request.claim.claimed_at;
    const bool is_contested = held && !is_void(*held, now, request.reservation_timeout);
    const OnDuplicate policy = policies.on_duplicate.value_or(request.default_on_duplicate);
    if (is_contested && !may_take_over(*held, request, policy)) return {};
    if (is_contested && unremoved >= kMostUnremoved) return {};

    Claim claim = request.claim;
    claim.live = false;
    claim.stalled_since.reset();
    claim.by_previous_value = by_previous_value;
    claim.last_takeover_at = held ? held->last_takeover_at : std::nullopt;
    ClaimStep step{true, std::nullopt, std::nullopt};
    if (is_contested) {
        step.replaced = held->connection;
        if (held->live) claim.last_takeover_at = now;
    }
    step.claim = std::move(claim);
    return step;
}

bool has_connection(const std::optional<Claim>& claim, const std::optional<ConnectionId>& source,
                    const ClaimRequest& request) noexcept {
    const ConnectionId& connection = request.claim.connection;
    if (source == connection) return true;
    return claim && claim->connection == connection &&
           !is_void(*claim, request.claim.claimed_at, request.reservation_timeout);
}

}  // namespace rescuestream::rules
