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

/// An entry of MediaMTX as it ought to be, for `plan_relays`.
struct WantedRelay {
    std::string source;     ///< Where the public path pulls its picture from.
    bool is_ready = false;  ///< The public path has a picture.
};

/// What is to be done about the entries of a media server.
struct RelayPlan {
    std::vector<std::string> erase;  ///< Entries of ours that nobody needs, or that are wrong.
    std::vector<std::string> add;    ///< Public paths that need an entry, after that.
    std::set<std::string> own;       ///< Entries that are ours at present.
    /// Relays that pull all the time and have no picture: for how many rounds.
    std::map<std::string, int> without_picture;
    bool has_secret_entry = false;  ///< The owner's file has kSecretPathsEntry.
};

/// Compares what is wanted, by public path, with the entries that are there. `is_recorded`: the
/// media server records, so relays pull all the time. `without_picture`: of the plan before. Pure.
RelayPlan plan_relays(const std::map<std::string, WantedRelay>& wanted,
                      const std::vector<MediaPathEntry>& entries, bool is_recorded,
                      const std::map<std::string, int>& without_picture);

/// Lets viewers watch a device that can only send a path, at its key's public path.
///
/// MediaMTX cannot rename a path. While such a device publishes to its key value, MediaMTX has an
/// entry of ours: the public path, which pulls the secret one over loopback as soon as somebody
/// watches, or at once where MediaMTX records: the device is recorded at its public path, and a
/// recording needs the picture without viewers too. It goes with its source, since viewers of an
/// entry without a source hang for 5 s.
/// Source: MediaMTX, configuration of paths (`source`, `sourceOnDemand`).
///
/// Thread-safety: all methods from any thread. Ownership: all arguments must outlive it.
class Relays {
public:
    Relays(MediaServer& media_server, Logger& logger, const OrchestratorSettings& settings)
        : media_server_(media_server), logger_(logger), settings_(settings) {}

    bool enabled() const noexcept { return settings_.legacy_path_keys == LegacyPathKeys::kRelay; }

    /// The secret path has a source.
    void add(const std::string& public_path, const std::string& secret_path);
    /// It has none any more.
    void remove(const std::string& public_path);

    struct Relay {
        std::string secret_path;
        bool is_ready = false;  ///< The public path has a picture.
    };
    using Wanted = std::map<std::string, Relay>;  ///< By public path.
    /// Makes the media server's entries those that are wanted: adds what it lost (an edit of its
    /// file deletes run-time entries silently) and deletes what nobody needs (of a program that
    /// died, too). Asks only when there is or was something.
    void match(const Wanted& wanted);

private:
    std::string source_of(const std::string& secret_path) const;
    void learn_recording();
    bool is_recorded() const noexcept { return recording_ && recording_->enabled; }
    void write(const std::string& public_path, const std::string& secret_path);
    // Of an entry that is known to be ours.
    void erase(const std::string& public_path);

    MediaServer& media_server_;
    Logger& logger_;
    const OrchestratorSettings& settings_;
    std::mutex mutex_;
    bool is_clean_ = false;                       // No entry of ours is there, as far as is known.
    std::optional<MediaRecording> recording_;     // of paths without an entry; empty: not known
    std::map<std::string, int> without_picture_;  // rounds, by public path
    bool has_told_of_secret_recordings_ = false;
    std::set<std::string> own_;      // Names of entries that we made, or saw to be ours.
    std::set<std::string> told_of_;  // Reserved names that the log has complained about.
};

/// What the relay shows to read a secret path. Nobody else can know it.
Secret relay_password(const OrchestratorSettings& settings, std::string_view secret_path);

/// The entry of MediaMTX's file for all secret paths, which records nothing there.
inline constexpr std::string_view kSecretPathsEntry = "~^sk_[0-9A-Za-z_-]{43}$";

/// The user name that goes with it.
inline constexpr std::string_view kRelayUser = "relay";

}  // namespace rescuestream
