#include "rules/publisher.hpp"

#include <algorithm>

namespace rescuestream::rules {
namespace {

bool is_address_allowed(const StreamKeyPolicies& policies, const std::string& address) {
    const auto& ranges = policies.allowed_addresses;
    return !ranges || std::any_of(ranges->begin(), ranges->end(), [&](const AddressRange& range) {
        return range.contains(address);
    });
}

}  // namespace

ClaimDecision judge_publisher(const StreamKeyPolicies& policies, const Claim& publisher) {
    if (!is_address_allowed(policies, publisher.remote_address)) {
        return ClaimDecision::kAddressNotAllowed;
    }
    return ClaimDecision::kGranted;
}

std::optional<EndReason> end_of_publisher(const StreamKeyPolicies& policies,
                                          const Claim& publisher) {
    if (!is_address_allowed(policies, publisher.remote_address)) {
        return EndReason::kAddressNotAllowed;
    }
    return std::nullopt;
}

}  // namespace rescuestream::rules
