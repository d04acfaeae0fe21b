#include "rules/viewer.hpp"

#include <algorithm>

namespace rescuestream::rules {

bool concerns(const PlaybackRevocation& revocation, const PlaybackGrant& grant) noexcept {
    switch (revocation.by) {
        case RevokedBy::kToken:
            return grant.id == revocation.value;
        case RevokedBy::kViewer:
            return grant.viewer_id == revocation.value;
        case RevokedBy::kPath:
            return std::find(grant.paths.begin(), grant.paths.end(), revocation.value) !=
                   grant.paths.end();
        case RevokedBy::kOwner:
            return !grant.owner.empty() && grant.owner == revocation.value;
    }
    return true;
}

bool is_another_name(std::string_view path) noexcept {
    while (!path.empty()) {
        const auto end = path.find('/');
        const auto segment = path.substr(0, end);
        if (segment.empty() || segment == "." || segment == "..") return true;
        if (end == std::string_view::npos) return false;
        if (end + 1 == path.size()) return true;
        path.remove_prefix(end + 1);
    }
    return false;
}

ViewerDecision judge_grant(const ViewerTerms& terms, const PlaybackGrant& grant,
                           Timestamp now) noexcept {
    if (now >= grant.expires_at) return ViewerDecision::kTokenExpired;
    if (grant.expires_at > now + kLongestTokenLife + kTokenClockSkew) {
        return ViewerDecision::kTokenInvalid;
    }
    for (const auto& begin : {grant.not_before, grant.issued_at}) {
        if (begin && *begin > now + kTokenClockSkew) return ViewerDecision::kTokenNotYetValid;
    }
    if (std::find(grant.paths.begin(), grant.paths.end(), terms.path) == grant.paths.end()) {
        return ViewerDecision::kTokenWrongPath;
    }
    if (!grant.addresses.empty() &&
        std::none_of(grant.addresses.begin(), grant.addresses.end(),
                     [&](const AddressRange& range) { return range.contains(terms.address); })) {
        return ViewerDecision::kTokenWrongAddress;
    }
    if (!grant.protocols.empty() && std::find(grant.protocols.begin(), grant.protocols.end(),
                                              terms.protocol) == grant.protocols.end()) {
        return ViewerDecision::kTokenWrongProtocol;
    }
    return ViewerDecision::kAccepted;
}

ViewerDecision judge_viewer(const ViewerTerms& terms, std::span<const PlaybackGrant* const> grants,
                            Timestamp now) noexcept {
    if (terms.policy == PlaybackPolicy::kPublic) return ViewerDecision::kAccepted;
    if (grants.empty()) return ViewerDecision::kTokenRequired;
    for (const auto* grant : grants) {
        const ViewerDecision decision = judge_grant(terms, *grant, now);
        if (decision != ViewerDecision::kAccepted) return decision;
    }
    return ViewerDecision::kAccepted;
}

ViewerDecision judge_running(PlaybackPolicy policy, bool is_helper,
                             std::span<const PlaybackGrant> grants, Timestamp now) noexcept {
    if (policy == PlaybackPolicy::kPublic || is_helper) return ViewerDecision::kAccepted;
    if (grants.empty()) return ViewerDecision::kTokenRequired;
    const bool has_expired =
        std::any_of(grants.begin(), grants.end(),
                    [&](const PlaybackGrant& grant) { return now >= grant.expires_at; });
    return has_expired ? ViewerDecision::kTokenExpired : ViewerDecision::kAccepted;
}

bool ends_token(const PlaybackRevocation& revocation, const PlaybackGrant& grant,
                bool is_own) noexcept {
    if (!concerns(revocation, grant)) return false;
    if (revocation.by == RevokedBy::kToken || !grant.issued_at) return true;
    const auto ahead = is_own ? std::chrono::seconds(0) : kTokenClockSkew;
    return *grant.issued_at <= revocation.revoked_at + ahead;
}

}  // namespace rescuestream::rules
