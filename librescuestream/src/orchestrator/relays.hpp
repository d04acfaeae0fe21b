#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "rescuestream/media_server.hpp"
#include "rescuestream/settings.hpp"

namespace rescuestream {

class Logger;

/// A path entry of MediaMTX that is needed; for `plan_relays`.
struct WantedRelay {
    std::string source;     ///< The address from which the public path pulls.
    bool is_ready = false;  ///< The public path delivers.
};

/// What has to be changed in the entries of a media server.
struct RelayPlan {
    std::vector<std::string> erase;  ///< Entries of this installation that are not needed or wrong.
    std::vector<std::string> add;  ///< Public paths that need an entry; added after the deletions.
    std::set<std::string> own;     ///< Present entries of this installation.
    /// For relays that pull permanently and deliver nothing: the number of rounds.
    std::map<std::string, int> without_picture;
    bool has_secret_entry = false;  ///< MediaMTX's file has an entry for the secret paths.
};

/// Compares the needed relays, by public path, with the present entries and returns the changes.
/// `is_recorded`: the media server records, so relays pull permanently. `without_picture` is that
/// of the previous plan. A pure function.
RelayPlan plan_relays(const std::map<std::string, WantedRelay>& wanted,
                      const std::vector<MediaPathEntry>& entries, bool is_recorded,
                      const std::map<std::string, int>& without_picture);

/// Makes the stream of a device that can only send a path available at its key's public path.
///
/// MediaMTX cannot rename a path. While such a device publishes with its key value as the path,
/// this class adds an entry for the public path to MediaMTX, which pulls the secret path over
/// loopback: on demand when there are viewers, or permanently if MediaMTX records, because the
/// device is recorded at its public path and a recording needs the source without viewers, too. The
/// entry is deleted with its source, because viewers of an entry without a source wait for 5 s.
/// Source: MediaMTX, configuration of paths (`source`, `sourceOnDemand`).
///
/// Thread-safety: all methods may be called from any thread. Ownership: all arguments must outlive
/// it.
class Relays {
public:
    Relays(MediaServer& media_server, Logger& logger, const OrchestratorSettings& settings)
        : media_server_(media_server), logger_(logger), settings_(settings) {}

    bool enabled() const noexcept { return settings_.legacy_path_keys == LegacyPathKeys::kRelay; }

    /// Adds the entry: the secret path has a source.
    void add(const std::string& public_path, const std::string& secret_path);
    /// Deletes the entry: the secret path has no source any more.
    void remove(const std::string& public_path);

    struct Relay {
        std::string secret_path;
        bool is_ready = false;  ///< The public path delivers.
    };
    using Wanted = std::map<std::string, Relay>;  ///< By public path.
    /// Corrects the media server's entries: adds those that it lost (an edit of its file deletes
    /// run-time entries silently) and deletes those that are not needed, also those of a program
    /// that crashed. Calls the media server only if there are or were entries.
    void match(const Wanted& wanted);

private:
    std::string source_of(const std::string& secret_path) const;
    void learn_recording();
    bool is_recorded() const noexcept { return recording_ && recording_->enabled; }
    void write(const std::string& public_path, const std::string& secret_path);
    // Only for an entry of this installation.
    void erase(const std::string& public_path);

    MediaServer& media_server_;
    Logger& logger_;
    const OrchestratorSettings& settings_;
    std::mutex mutex_;
    bool is_clean_ = false;  // no entry of this installation exists, as far as is known
    std::optional<MediaRecording> recording_;     // of paths without an entry; empty: unknown
    std::map<std::string, int> without_picture_;  // rounds, by public path
    bool has_told_of_secret_recordings_ = false;
    std::set<std::string> own_;      // names of entries of this installation
    std::set<std::string> told_of_;  // reserved names that were logged
};

/// Returns the password with which the relay reads a secret path. Only programs with the relay
/// secret can compute it.
Secret relay_password(const OrchestratorSettings& settings, std::string_view secret_path);

/// Name of the entry in MediaMTX's file that switches recording off for all secret paths
/// (key_value_of_path).
inline constexpr std::string_view kSecretPathsEntry = "~^(.+/)?sk_[0-9A-Za-z_-]{43}$";
/// The same for paths without an application before the key, as earlier releases wrote it.
inline constexpr std::string_view kBareSecretPathsEntry = "~^sk_[0-9A-Za-z_-]{43}$";

/// The user name that belongs to `relay_password`.
inline constexpr std::string_view kRelayUser = "relay";

}  // namespace rescuestream
