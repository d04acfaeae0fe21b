#pragma once

#include <optional>

#include "rescuestream/storage.hpp"

namespace rescuestream::rules {

/// May `publisher` use a key that may be used (see judge_key) and has these policies? kGranted, or
/// the first refusal by a policy that is about who publishes and how. Of `publisher` only what a
/// publish request tells is looked at: node, protocol, address, user agent.
ClaimDecision judge_publisher(const StreamKeyPolicies& policies, const Claim& publisher);

/// The same for a publisher that is live: why its stream must end, when its policies were changed.
/// Empty: it may go on.
std::optional<EndReason> end_of_publisher(const StreamKeyPolicies& policies,
                                          const Claim& publisher);

}  // namespace rescuestream::rules
