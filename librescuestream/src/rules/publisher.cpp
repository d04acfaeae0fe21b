#include "rules/publisher.hpp"

namespace rescuestream::rules {

ClaimDecision judge_publisher(const StreamKeyPolicies& /*policies*/, const Claim& /*publisher*/) {
    return ClaimDecision::kGranted;
}

std::optional<EndReason> end_of_publisher(const StreamKeyPolicies& policies,
                                          const Claim& publisher) {
    if (judge_publisher(policies, publisher) == ClaimDecision::kGranted) return std::nullopt;
    return EndReason::kStopped;
}

}  // namespace rescuestream::rules
