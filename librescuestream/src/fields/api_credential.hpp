#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "fields/field.hpp"
#include "rescuestream/api_credentials.hpp"

/// The table of the members of an API credential that can be set.
namespace rescuestream::fields {

template <class T>
concept ApiCredentialHolder = requires(T& holder) {
    holder.scopes, holder.broadcasters;
};

inline constexpr Field kCredentialLabel{.name = "label",
                                        .option = "--label",
                                        .title = "Label",
                                        .help = "Who or what uses it",
                                        .min = 1,
                                        .max = 100,
                                        .is_required = true};
inline constexpr Field kScopes{.name = "scopes",
                               .option = "--scope",
                               .title = "Scopes",
                               .help = "What it permits, such as streams:read",
                               .placeholder = "SCOPE",
                               .min = 1,
                               .max = 32,
                               .is_required = true};
inline constexpr Field kCredentialExpiresAt{
    .name = "expires_at",
    .option = "--expires",
    .title = "Expires",
    .help = "tonight, 23:59, 2026-12-01, 2026-12-01T10:00, or from now: 8h, 30d",
    .otherwise = "never",
    .may_be_reset = true};
inline constexpr Field kCredentialAddresses{
    .name = "allowed_addresses",
    .option = "--allowed-address",
    .title = "Only from",
    .help = "It may only be used from this address or range, such as 192.0.2.0/24",
    .otherwise = "anywhere",
    .min = 1,
    .max = 32,
    .may_be_reset = true};
inline constexpr Field kCredentialBroadcasters{
    .name = "broadcasters",
    .option = "--broadcaster",
    .title = "Only for",
    .help = "It shows and changes only what belongs to this broadcaster (id or name)",
    .placeholder = "BROADCASTER",
    .otherwise = "all",
    .min = 1,
    .max = 32,
    .may_be_reset = true};

/// Calls `visit(field, member of first, member of second)` for each member of ApiCredential,
/// NewApiCredential or ApiCredentialPatch, in the order in which errors name them.
template <ApiCredentialHolder First, ApiCredentialHolder Second, class Visit>
void for_each_pair(First& first, Second& second, Visit&& visit) {
    visit(kCredentialLabel, first.label, second.label);
    visit(kScopes, first.scopes, second.scopes);
    visit(kCredentialExpiresAt, first.expires_at, second.expires_at);
    visit(kCredentialAddresses, first.allowed_addresses, second.allowed_addresses);
    visit(kCredentialBroadcasters, first.broadcasters, second.broadcasters);
}

/// Calls `visit(field, member)` for each of them.
template <ApiCredentialHolder Holder, class Visit>
void for_each_field(Holder& holder, Visit&& visit) {
    for_each_pair(holder, holder,
                  [&](const Field& field, auto& member, auto&) { visit(field, member); });
}

/// Returns the names that ApiCredentialPatch::reset may contain.
std::vector<std::string> resettable_credential_fields();

/// Returns whether `patch` sets the member of this name.
bool is_given(const ApiCredentialPatch& patch, std::string_view name);

/// Sets the members of `credential` that `patch` sets, and resets those that it resets.
void apply(const ApiCredentialPatch& patch, ApiCredential& credential);

}  // namespace rescuestream::fields
