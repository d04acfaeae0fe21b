#include "rescuestream/scopes.hpp"

#include <array>

namespace rescuestream {
namespace {

struct ScopeRow {
    Scope scope;
    std::string_view name;
    std::string_view permits;
};

constexpr std::array<ScopeRow, 22> kScopeRows{{
    {Scope::kStreamsRead, "streams:read", "see streams and their timelines"},
    {Scope::kStreamsControl, "streams:control", "stop streams and put viewers out"},
    {Scope::kViewersRead, "viewers:read", "see who watches"},
    {Scope::kKeysRead, "keys:read", "see stream keys (never their values) and refused attempts"},
    {Scope::kKeysWrite, "keys:write", "create, change, rotate and revoke stream keys"},
    {Scope::kBroadcastersRead, "broadcasters:read", "see broadcasters"},
    {Scope::kBroadcastersWrite, "broadcasters:write", "create, change and delete broadcasters"},
    {Scope::kNodesRead, "nodes:read", "see the media servers"},
    {Scope::kNodesWrite, "nodes:write", "add, change and remove media servers"},
    {Scope::kIncidentsRead, "incidents:read", "see incidents and their reports"},
    {Scope::kIncidentsWrite, "incidents:write", "open, change and close incidents"},
    {Scope::kPlaybackMint, "playback:mint", "give out and take back the permission to watch"},
    {Scope::kEventsRead, "events:read", "read the events"},
    {Scope::kWebhooksRead, "webhooks:read", "see webhooks and their deliveries"},
    {Scope::kWebhooksWrite, "webhooks:write", "create, change and delete webhooks"},
    {Scope::kAuditRead, "audit:read", "read the audit log"},
    {Scope::kAuditWrite, "audit:write", "add entries to the audit log"},
    {Scope::kCredentialsRead, "credentials:read", "see credentials (never their secrets)"},
    {Scope::kCredentialsWrite, "credentials:write",
     "create, change, rotate and revoke credentials, up to the rights that it has itself"},
    {Scope::kRecordingsRead, "recordings:read", "see recordings"},
    {Scope::kRecordingsWrite, "recordings:write", "change and delete recordings"},
    {Scope::kAdmin, "admin", "everything"},
}};

}  // namespace

std::string_view to_string(Scope scope) noexcept {
    const auto index = static_cast<std::size_t>(scope);
    return index < kScopeRows.size() ? kScopeRows[index].name : std::string_view{};
}

std::string_view explain(Scope scope) noexcept {
    const auto index = static_cast<std::size_t>(scope);
    return index < kScopeRows.size() ? kScopeRows[index].permits : std::string_view{};
}

std::vector<Scope> Scopes::all() const {
    std::vector<Scope> scopes;
    for (const ScopeRow& row : kScopeRows) {
        if (names(row.scope)) scopes.push_back(row.scope);
    }
    return scopes;
}

template <>
std::optional<Scope> parse_enum(std::string_view name) noexcept {
    for (const ScopeRow& row : kScopeRows) {
        if (row.name == name) return row.scope;
    }
    return std::nullopt;
}

}  // namespace rescuestream
