#include "rules/credential.hpp"

#include <algorithm>

namespace rescuestream::rules {
namespace {

bool all_within(const std::vector<AddressRange>& inner, const std::vector<AddressRange>& outer) {
    return std::all_of(inner.begin(), inner.end(), [&](const AddressRange& range) {
        return std::any_of(outer.begin(), outer.end(),
                           [&](const AddressRange& wider) { return wider.contains(range); });
    });
}

bool lasts_longer(const ApiCredential& wanted, const ApiCredential& maker) {
    if (!maker.expires_at) return false;
    return !wanted.expires_at || *wanted.expires_at > *maker.expires_at;
}

}  // namespace

std::optional<Error> exceeds(const ApiCredential* maker, const ApiCredential& wanted) {
    if (maker == nullptr) return std::nullopt;
    Error error{ErrorCode::kForbidden,
                "A credential can only make and change credentials that have no more rights than "
                "itself.",
                {},
                {}};
    if (!maker->scopes.permit_all(wanted.scopes)) {
        error.fields.push_back({"/scopes", "has scopes that your credential does not have"});
    }
    const bool is_wider = wanted.broadcasters.empty() ||
                          !std::all_of(wanted.broadcasters.begin(), wanted.broadcasters.end(),
                                       [&](BroadcasterId id) { return maker->covers(id); });
    if (maker->is_restricted() && is_wider) {
        error.fields.push_back(
            {"/broadcasters", "must be broadcasters to which your credential is restricted"});
    }
    if (!maker->allowed_addresses.empty() &&
        (wanted.allowed_addresses.empty() ||
         !all_within(wanted.allowed_addresses, maker->allowed_addresses))) {
        error.fields.push_back({"/allowed_addresses", "must be within those of your credential"});
    }
    if (lasts_longer(wanted, *maker)) {
        error.fields.push_back({"/expires_at", "must not be after that of your credential"});
    }
    if (error.fields.empty()) return std::nullopt;
    return error;
}

CredentialCheckOutcome judge_credential(const ApiCredential& credential, std::string_view address,
                                        Timestamp now) {
    switch (credential.status_at(now)) {
        case ApiCredentialStatus::kRevoked:
            return CredentialCheckOutcome::kRevoked;
        case ApiCredentialStatus::kExpired:
            return CredentialCheckOutcome::kExpired;
        case ApiCredentialStatus::kActive:
            break;
    }
    const bool may =
        credential.allowed_addresses.empty() || is_in(credential.allowed_addresses, address);
    return may ? CredentialCheckOutcome::kGood : CredentialCheckOutcome::kAddressNotAllowed;
}

}  // namespace rescuestream::rules
