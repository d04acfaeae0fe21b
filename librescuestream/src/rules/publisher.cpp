#include "rules/publisher.hpp"

#include <algorithm>

#include "rescuestream/media_server.hpp"

namespace rescuestream::rules {
namespace {

bool is_address_allowed(const StreamKeyPolicies& policies, const std::string& address) {
    const auto& ranges = policies.allowed_addresses;
    return !ranges || std::any_of(ranges->begin(), ranges->end(), [&](const AddressRange& range) {
        return range.contains(address);
    });
}

// A claim does not tell whether its connection is encrypted.
bool is_protocol_allowed(const StreamKeyPolicies& policies, Protocol protocol) {
    const auto& kinds = policies.protocols;
    return !kinds || std::any_of(kinds->begin(), kinds->end(), [&](ConnectionKind kind) {
        return protocol_of(kind) == protocol;
    });
}

}  // namespace

ClaimDecision judge_publisher(const StreamKeyPolicies& policies, const Claim& publisher) {
    if (!is_address_allowed(policies, publisher.remote_address)) {
        return ClaimDecision::kAddressNotAllowed;
    }
    if (!is_protocol_allowed(policies, publisher.protocol)) {
        return ClaimDecision::kProtocolNotAllowed;
    }
    if (policies.not_before && publisher.claimed_at < *policies.not_before) {
        return ClaimDecision::kNotYetValid;
    }
    return ClaimDecision::kGranted;
}

std::optional<EndReason> end_of_publisher(const StreamKeyPolicies& policies,
                                          const Claim& publisher) {
    if (!is_address_allowed(policies, publisher.remote_address)) {
        return EndReason::kAddressNotAllowed;
    }
    if (!is_protocol_allowed(policies, publisher.protocol)) return EndReason::kProtocolNotAllowed;
    return std::nullopt;
}

std::optional<EndReason> end_of_source(const StreamKeyPolicies& policies,
                                       const MediaSource& source) {
    const auto& kinds = policies.protocols;
    if (!kinds) return std::nullopt;
    const bool is_allowed =
        source.kind && std::find(kinds->begin(), kinds->end(), *source.kind) != kinds->end();
    return is_allowed ? std::nullopt : std::optional(EndReason::kProtocolNotAllowed);
}

}  // namespace rescuestream::rules
