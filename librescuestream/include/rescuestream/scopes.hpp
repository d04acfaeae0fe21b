#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string_view>
#include <vector>

#include "rescuestream/records.hpp"

namespace rescuestream {

/// What a credential permits. Every operation of an administrator needs exactly one of these. The
/// values are only used in memory: what is stored is the name.
enum class Scope : std::uint8_t {
    kStreamsRead,
    kStreamsControl,  ///< Stops streams.
    kViewersRead,
    kKeysRead,
    kKeysWrite,
    kBroadcastersRead,
    kBroadcastersWrite,
    kNodesRead,
    kNodesWrite,
    kIncidentsRead,
    kIncidentsWrite,
    kPlaybackMint,  ///< Makes, lists and revokes what lets people watch.
    kEventsRead,
    kWebhooksRead,
    kWebhooksWrite,
    kAuditRead,
    kAuditWrite,
    kCredentialsRead,
    kCredentialsWrite,
    kRecordingsRead,
    kRecordingsWrite,
    kAdmin,  ///< All of them. Last.
};

/// The name in the API: "streams:read". Empty for a value that is no scope.
std::string_view to_string(Scope scope) noexcept;
/// One line that says what the scope permits.
std::string_view explain(Scope scope) noexcept;
template <>
std::optional<Scope> parse_enum(std::string_view name) noexcept;

/// A set of scopes. `admin` contains every other one, also those of later versions.
class Scopes {
public:
    constexpr Scopes() = default;
    constexpr Scopes(std::initializer_list<Scope> scopes) {
        for (const Scope scope : scopes) add(scope);
    }

    constexpr void add(Scope scope) noexcept { bits_ |= bit(scope); }
    constexpr bool empty() const noexcept { return bits_ == 0; }
    /// True if the set permits what needs `scope`.
    constexpr bool permit(Scope scope) const noexcept {
        return (bits_ & (bit(scope) | bit(Scope::kAdmin))) != 0;
    }
    /// True if the set permits everything that `others` permits.
    constexpr bool permit_all(Scopes others) const noexcept {
        return permit(Scope::kAdmin) || (others.bits_ & ~bits_) == 0;
    }
    /// True if `scope` itself was added: an `admin` set names only `admin`.
    constexpr bool names(Scope scope) const noexcept { return (bits_ & bit(scope)) != 0; }

    /// Returns the scopes that were added, in the order of the enumeration.
    std::vector<Scope> all() const;

    bool operator==(const Scopes&) const = default;

private:
    static constexpr std::uint32_t bit(Scope scope) noexcept {
        return std::uint32_t{1} << static_cast<unsigned>(scope);
    }

    std::uint32_t bits_ = 0;
};

}  // namespace rescuestream
