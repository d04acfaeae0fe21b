#pragma once

#include <optional>

#include "rescuestream/storage.hpp"

namespace rescuestream::rules {

/// Decides whether `publisher` may use a usable key (see judge_key) with these policies. Returns
/// kGranted, or the first refusal by a policy about who publishes and how. Only the members of
/// `publisher` that come from a publish request are used: node, protocol, address, user agent.
ClaimDecision judge_publisher(const StreamKeyPolicies& policies, const Claim& publisher);

/// The same for a live publisher after a change of the policies: returns why its stream must end.
/// Empty: it may continue.
std::optional<EndReason> end_of_publisher(const StreamKeyPolicies& policies,
                                          const Claim& publisher);

}  // namespace rescuestream::rules
