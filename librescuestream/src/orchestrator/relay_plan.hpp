#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "rescuestream/media_server.hpp"

namespace rescuestream {

/// The user names with which relays read a secret path. The second one marks an entry that is the
/// owner's and was changed, so that every program gives it back instead of deleting it.
inline constexpr std::string_view kRelayUser = "relay";
inline constexpr std::string_view kBorrowingRelayUser = "relay-borrowed";

/// A relay that is needed.
struct WantedRelay {
    std::string source;           ///< The address from which an entry of ours pulls.
    std::string borrowed_source;  ///< The same in an entry of the owner.
    bool is_ready = false;        ///< The public path delivers.
    bool is_taken = false;        ///< A publisher is at the public path.
};

/// What has to be changed in the entries of a media server.
struct RelayPlan {
    /// An entry of the owner, which is for the public path alone and has no source of its own, and
    /// whether it has to pull on demand.
    struct Borrow {
        std::string name;
        bool on_demand = true;
        std::string rtsp_transport;  ///< Before the change.

        bool operator==(const Borrow&) const = default;
    };

    std::vector<std::string> erase;  ///< Entries of this installation that are not needed or wrong.
    std::vector<std::string> give_back;  ///< Entries of the owner that are not needed or wrong.
    std::vector<std::string> add;        ///< Public paths that need an entry.
    std::vector<Borrow> borrow;
    std::set<std::string> own;       ///< Present entries of this installation.
    std::set<std::string> borrowed;  ///< Present entries of the owner that were changed.
    /// Public paths for which there can be no relay, and the reason, a sentence for people.
    std::map<std::string, std::string> blocked;
    /// For relays that pull permanently and deliver nothing: the number of rounds.
    std::map<std::string, int> without_picture;
    bool has_secret_entry = false;  ///< MediaMTX's file has an entry for the secret paths.
};

/// Compares the needed relays, by public path, with the present entries and returns the changes.
/// They have to be made in the order of the members. `is_recorded`: the media server records paths
/// without an entry of their own, so relays pull permanently. `without_picture` is that of the
/// previous plan. A pure function.
RelayPlan plan_relays(const std::map<std::string, WantedRelay>& wanted,
                      const std::vector<MediaPathEntry>& entries, bool is_recorded,
                      const std::map<std::string, int>& without_picture);

/// Name of the entry in MediaMTX's file that switches recording off for all secret paths
/// (key_value_of_path).
inline constexpr std::string_view kSecretPathsEntry = "~^(.+/)?sk_[0-9A-Za-z_-]{43}$";
/// The same for paths without an application before the key, as earlier releases wrote it.
inline constexpr std::string_view kBareSecretPathsEntry = "~^sk_[0-9A-Za-z_-]{43}$";

}  // namespace rescuestream
