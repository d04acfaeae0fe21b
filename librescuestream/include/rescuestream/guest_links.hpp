#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rescuestream/addresses.hpp"
#include "rescuestream/ids.hpp"
#include "rescuestream/incidents.hpp"
#include "rescuestream/secret.hpp"
#include "rescuestream/streams.hpp"
#include "rescuestream/time.hpp"

namespace rescuestream {

/// An address that lets people without an account watch some streams. It does not contain the code
/// in the address.
struct GuestLink {
    GuestLinkId id;
    std::string label;  ///< For people; 0 to 255 characters.
    /// Whose streams it shows. Nothing: those of the keys that are assigned to `incident_id`.
    IncidentAssignment targets;
    std::optional<IncidentId> incident_id;      ///< It is closed with this incident.
    std::optional<Timestamp> expires_at;        ///< It is valid until then.
    std::optional<std::int64_t> max_addresses;  ///< From so many addresses it may be used.
    /// So many players may show signed streams by it at the same time.
    std::optional<std::int64_t> max_viewers;
    bool has_pin = false;
    std::string pin_mark;  ///< Another one for each PIN, about which it tells nothing; not shown.
    Timestamp created_at{};
    std::string created_by;
    std::optional<Timestamp> closed_at;
    /// Only in answers of StreamOrchestrator about one link: paths of an open link that everybody
    /// can watch who knows them, at most kMostPublicPaths. There neither the link nor its PIN
    /// protects anything.
    std::vector<std::string> public_paths{};

    bool is_open_at(Timestamp now) const noexcept {
        return !closed_at && (!expires_at || now < *expires_at);
    }
    bool operator==(const GuestLink&) const = default;
};

/// A link with what the storage needs to recognise it.
struct GuestLinkRow {
    GuestLink link;
    KeyDigest digest{};  ///< Of its code.
    std::string pin;     ///< See support/guest_secrets.hpp; empty: there is none.
    std::string account =
        {};  ///< Whose share of the open links it is part of; the storage sets it.

    bool operator==(const GuestLinkRow&) const = default;
};

/// The input that creates a link. At least one key, broadcaster or incident must be given.
struct NewGuestLink {
    std::string label;
    IncidentAssignment targets;
    std::optional<IncidentId> incident_id;      ///< An open one.
    std::optional<Timestamp> expires_at;        ///< In the future; required without an incident.
    std::optional<Secret> pin;                  ///< 6 to 64 letters and digits.
    std::optional<std::int64_t> max_addresses;  ///< 1 to 1000.
    std::optional<std::int64_t> max_viewers;    ///< 1 to kMaxTokenSessions.
};

/// A new link. Its address is only available now.
struct CreatedGuestLink {
    GuestLink link;
    Secret address;  ///< `https://host/watch/<code>`
};

/// A change of a link. An empty member stays as it is.
struct GuestLinkPatch {
    std::optional<std::string> label;
    std::optional<std::vector<BroadcasterId>> broadcaster_ids;  ///< As a whole.
    std::optional<std::vector<StreamKeyId>> stream_key_ids;     ///< As a whole.
    std::optional<Timestamp> expires_at;                        ///< In the future.
    std::optional<Secret> pin;
    std::optional<std::int64_t> max_addresses;
    std::optional<std::int64_t> max_viewers;
    /// What the link shall have no more: `pin`, `expires_at`, `max_addresses`, `max_viewers`.
    std::vector<std::string> reset;

    bool resets(std::string_view member) const;
};

/// The members that GuestLinkPatch::reset may contain.
const std::vector<std::string>& resettable_guest_link_members();

/// A change of a link in a storage.
struct GuestLinkChange {
    GuestLinkId id;
    GuestLinkPatch patch;
    std::string pin;  ///< As GuestLinkRow::pin; only used if the patch sets a PIN.
    Timestamp at{};   ///< Of the change.
};

/// The result of a change.
struct ChangedGuestLink {
    GuestLink before;
    GuestLink link;
};

/// Which links a list shows. An empty member does not restrict the list.
struct GuestLinkFilter {
    std::optional<IncidentId> incident_id = std::nullopt;
    std::optional<std::string> label = std::nullopt;  ///< Exactly; several may have it.
    std::optional<bool> open = std::nullopt;          ///< Neither closed nor expired.
    Timestamp at{};  ///< The time by which `open` is judged. StreamOrchestrator sets it.
};

/// A key of a link, with what is on air.
struct GuestStream {
    std::string name;  ///< The label of the key, else its path.
    std::string broadcaster_name;
    bool is_live = false;
    std::optional<Timestamp> since;  ///< On air since.
    ViewerAddresses addresses;       ///< Only of a live one.
    /// Of a live one that is watched only with a playback token, which the addresses then contain.
    std::optional<StreamId> signed_stream;
};

/// The owner of the playback tokens that are made for a link; see rescuestream/playback.hpp.
std::string token_owner(const GuestLinkId& link);
/// Returns the guest link of that owner. Empty: the token was given out for something else.
std::optional<GuestLinkId> guest_link_of(std::string_view owner);

/// So many guest links may be open at the same time, that is, neither closed nor expired.
constexpr std::size_t kMostOpenGuestLinks = 1'000;
constexpr std::size_t kMostPublicPaths = 20;
constexpr std::int64_t kMostGuestAddresses = 1'000;
/// The path of the page of a link, before the code.
inline constexpr std::string_view kGuestPath = "/watch/";

/// Returns the path by which refused attempts name the page of a guest link: "watch/" and its id.
std::string guest_link_path(GuestLinkId id);

}  // namespace rescuestream
