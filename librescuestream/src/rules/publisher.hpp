#pragma once

#include <optional>

#include "rescuestream/storage.hpp"

namespace rescuestream {
struct MediaSource;
}

namespace rescuestream::rules {

/// Decides whether `publisher` may use a usable key (see judge_key) with these policies. Returns
/// kGranted, or the first refusal by a policy about who publishes, how and when. Only the members
/// of `publisher` that come from a publish request are used: node, protocol, address, user agent,
/// and `claimed_at`, the time of the decision.
ClaimDecision judge_publisher(const StreamKeyPolicies& policies, const Claim& publisher);

/// The same for a live publisher after a change of the policies: returns why its stream must end.
/// Empty: it may continue. (`not_before` only concerns new publishers.)
std::optional<EndReason> end_of_publisher(const StreamKeyPolicies& policies,
                                          const Claim& publisher);

/// Returns why the stream of a source that is present must end. The media server's list tells what
/// its auth request does not: whether the connection is encrypted. Empty: it may continue.
std::optional<EndReason> end_of_source(const StreamKeyPolicies& policies,
                                       const MediaSource& source);

}  // namespace rescuestream::rules
