#pragma once

#include <cstddef>
#include <optional>

#include "rescuestream/claims.hpp"

namespace rescuestream::rules {

/// The decision on a request for a key that may be used (see judge_key).
struct ClaimStep {
    bool granted = false;                  ///< False: ClaimDecision::kInUse; nothing changes.
    std::optional<Claim> claim;            ///< Granted: the claim that the key has from now on.
    std::optional<ConnectionId> replaced;  ///< Granted: the connection that lost the key.

    bool operator==(const ClaimStep&) const = default;
};

/// While so many connections of a key wait for their removal from a node, no other connection there
/// displaces its claim. Otherwise one publisher could order removals faster than they can be
/// carried out.
constexpr std::size_t kMostUnremoved = 8;

/// Decides whether the connection of `request` gets the key, which `held` claims at present, as
/// documented at Storage::claim. `policies` are those of the key. `by_previous_value`: the request
/// uses the value from before a rotation. `unremoved`: the number of the key's cut-offs at the node
/// of the request.
ClaimStep judge_claim(const std::optional<Claim>& held, const ClaimRequest& request,
                      const StreamKeyPolicies& policies, bool by_previous_value,
                      std::size_t unremoved);

/// Returns whether the connection of `request` belongs to another key with the claim `claim` and
/// with `source` as the source of its live stream. Then it is refused
/// (ClaimDecision::kForeignConnection).
bool has_connection(const std::optional<Claim>& claim, const std::optional<ConnectionId>& source,
                    const ClaimRequest& request) noexcept;

/// Returns whether the claim is a reservation that has timed out; it then counts as no claim.
bool is_void(const Claim& claim, Timestamp now,
             std::chrono::milliseconds reservation_timeout) noexcept;

/// Returns whether both are the same device according to address and user agent. Both must be
/// known.
bool is_same_device(const Claim& held, const Claim& wanted) noexcept;

}  // namespace rescuestream::rules
