#pragma once

#include <optional>
#include <string>

#include "rescuestream/storage.hpp"

namespace rescuestream::memory {

/// The checks of a publish request that look at the key alone, in the order of ClaimDecision.
/// kGranted: none of them refuses.
ClaimDecision judge_key(const StreamKey& key, const std::optional<std::string>& path,
                        Timestamp now) noexcept;

/// What a request may do about the claim that another connection has on the key.
enum class HeldClaim {
    kVoid,     ///< A reservation that came to nothing: as if it were not there.
    kTakeOver  ///< The policy gives the key to the newcomer.
};

/// Empty: neither, the key is in use. Precondition: another connection than that of `request`.
std::optional<HeldClaim> judge_claim(const Claim& held, const ClaimRequest& request,
                                     OnDuplicate policy) noexcept;

}  // namespace rescuestream::memory
