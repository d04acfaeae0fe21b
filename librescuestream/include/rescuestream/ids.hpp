#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace rescuestream {

/// 128-bit identifier (RFC 9562), written as 36 lower-case characters.
class Uuid {
public:
    using Bytes = std::array<std::uint8_t, 16>;

    /// The nil UUID, which means "not set".
    constexpr Uuid() = default;
    explicit constexpr Uuid(Bytes bytes) : bytes_(bytes) {}

    /// Reads the 36-character form in upper or lower case. Returns an empty optional for any other
    /// text.
    static std::optional<Uuid> parse(std::string_view text);

    std::string to_string() const;
    constexpr const Bytes& bytes() const noexcept { return bytes_; }
    constexpr bool is_nil() const noexcept { return bytes_ == Bytes{}; }

    auto operator<=>(const Uuid&) const = default;

private:
    Bytes bytes_{};
};

/// A UUID of one kind of record. Ids of different kinds are different types.
template <class Tag>
class Id {
public:
    constexpr Id() = default;
    explicit constexpr Id(Uuid uuid) : uuid_(uuid) {}

    static std::optional<Id> parse(std::string_view text) {
        const auto uuid = Uuid::parse(text);
        return uuid ? std::optional<Id>(Id(*uuid)) : std::nullopt;
    }

    constexpr const Uuid& uuid() const noexcept { return uuid_; }
    std::string to_string() const { return uuid_.to_string(); }
    constexpr bool is_nil() const noexcept { return uuid_.is_nil(); }

    auto operator<=>(const Id&) const = default;

private:
    Uuid uuid_;
};

using BroadcasterId = Id<struct BroadcasterTag>;
using StreamKeyId = Id<struct StreamKeyTag>;
using StreamId = Id<struct StreamTag>;
using IncidentId = Id<struct IncidentTag>;
using GuestLinkId = Id<struct GuestLinkTag>;
using AuditEntryId = Id<struct AuditEntryTag>;
using RefusedAttemptId = Id<struct RefusedAttemptTag>;

/// MediaMTX's id of one connection of an encoder. The `id` of an auth request, `MTX_SOURCE_ID`,
/// `source.id` of the API and the id of a kick are the same value. The format is opaque; it is a
/// UUID in every MediaMTX release that was tested.
struct ConnectionId {
    std::string value;

    bool empty() const noexcept { return value.empty(); }
    auto operator<=>(const ConnectionId&) const = default;
};

}  // namespace rescuestream

template <>
struct std::hash<rescuestream::Uuid> {
    std::size_t operator()(const rescuestream::Uuid& uuid) const noexcept {
        return std::hash<std::string_view>{}(std::string_view(
            reinterpret_cast<const char*>(uuid.bytes().data()), uuid.bytes().size()));
    }
};

template <class Tag>
struct std::hash<rescuestream::Id<Tag>> {
    std::size_t operator()(const rescuestream::Id<Tag>& id) const noexcept {
        return std::hash<rescuestream::Uuid>{}(id.uuid());
    }
};

template <>
struct std::hash<rescuestream::ConnectionId> {
    std::size_t operator()(const rescuestream::ConnectionId& id) const noexcept {
        return std::hash<std::string>{}(id.value);
    }
};
