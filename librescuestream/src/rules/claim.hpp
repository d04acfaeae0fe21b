#pragma once

#include <optional>

#include "rescuestream/claims.hpp"

namespace rescuestream::rules {

/// What becomes of a request for a key that may be used (see judge_key).
struct ClaimStep {
    bool granted = false;                  ///< False: ClaimDecision::kInUse; nothing changes.
    std::optional<Claim> claim;            ///< Granted: the claim that the key has from now on.
    std::optional<ConnectionId> replaced;  ///< Granted: the connection that has lost the key by it.

    bool operator==(const ClaimStep&) const = default;
};

/// May the connection of `request` have the key, which `held` has at present? What
/// Storage::claim says about it is decided here. `policies`: of the key. `by_previous_value`: it
/// comes with the value from before a rotation.
ClaimStep judge_claim(const std::optional<Claim>& held, const ClaimRequest& request,
                      const StreamKeyPolicies& policies, bool by_previous_value);

/// Does the connection of `request` belong to another key, whose claim is `claim` and whose live
/// stream is delivered by `source`? Then it is refused (ClaimDecision::kForeignConnection).
bool has_connection(const std::optional<Claim>& claim, const std::optional<ConnectionId>& source,
                    const ClaimRequest& request) noexcept;

/// A reservation that came to nothing: as if it were not there.
bool is_void(const Claim& claim, Timestamp now,
             std::chrono::milliseconds reservation_timeout) noexcept;

/// One device, as far as its address and its user agent tell. Both must be known.
bool is_same_device(const Claim& held, const Claim& wanted) noexcept;

}  // namespace rescuestream::rules
