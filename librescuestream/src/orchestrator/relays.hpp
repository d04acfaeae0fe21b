#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "orchestrator/relay_plan.hpp"
#include "rescuestream/media_server.hpp"
#include "rescuestream/settings.hpp"

namespace rescuestream {

class Logger;

/// Makes the stream of a device that can only send a path available at its key's public path.
///
/// MediaMTX cannot rename a path. While such a device publishes with its key value as the path,
/// this class adds an entry for the public path to MediaMTX, which pulls the secret path over
/// loopback: on demand when there are viewers, or permanently if MediaMTX records, because the
/// device is recorded at its public path and a recording needs the source without viewers, too. The
/// entry is deleted with its source, because viewers of an entry without a source wait for 5 s.
///
/// If MediaMTX's file has an entry for the public path alone, that entry is changed instead and
/// gets its values back with the end of the source, unless it has a source of its own. Source:
/// MediaMTX, configuration of paths (`source`, `sourceOnDemand`).
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
        bool is_taken = false;  ///< A publisher is at the public path.
    };
    using Wanted = std::map<std::string, Relay>;  ///< By public path.
    /// Corrects the media server's entries: adds those that it lost (an edit of its file deletes
    /// run-time entries silently) and deletes those that are not needed, also those of a program
    /// that crashed. Calls the media server only if there are or were entries.
    void match(const Wanted& wanted);
    /// Only finds out what `problem_at` returns, and changes nothing; for programs that do not
    /// supervise the node.
    void look(const Wanted& wanted);
    /// Sets why no relay can pull at present; empty: nothing is known against it.
    void set_obstacle(const std::optional<std::string>& reason);
    /// Returns why the device of this public path cannot be watched there, a sentence for people.
    /// Empty: no reason is known.
    std::optional<std::string> problem_at(const std::string& public_path) const;
    /// All of these, by public path.
    std::map<std::string, std::string> problems() const;

private:
    std::string source_of(std::string_view user, const std::string& secret_path) const;
    std::map<std::string, WantedRelay> with_sources(const Wanted& wanted) const;
    void learn_recording();
    bool is_recorded() const noexcept { return recording_ && recording_->enabled; }
    void write(const std::string& public_path, const std::string& secret_path);
    // Only for an entry of this installation.
    void erase(const std::string& public_path);
    void borrow(const RelayPlan::Borrow& entry, const std::string& source);
    // Only for an entry that `borrow` has changed.
    void give_back(const std::string& public_path);
    // Adds to `blocked_` the relays that exist and cannot deliver.
    void add_failing(const Wanted& wanted);
    void publish_problems();
    // The same, and logs those that are new.
    void tell_problems();

    MediaServer& media_server_;
    Logger& logger_;
    const OrchestratorSettings& settings_;
    mutable std::mutex mutex_;
    bool is_clean_ = false;  // no entry of this installation exists, as far as is known
    std::optional<MediaRecording> recording_;     // of paths without an entry; empty: unknown
    std::map<std::string, int> without_picture_;  // rounds, by public path
    bool has_told_of_secret_recordings_ = false;
    std::set<std::string> own_;  // names of entries of this installation
    // Changed entries of the owner, and what they had for `rtspTransport`.
    std::map<std::string, std::string> borrowed_;
    std::map<std::string, std::string> blocked_;  // as RelayPlan::blocked
    std::optional<std::string> obstacle_;         // see `set_obstacle`
    mutable std::mutex problems_mutex_;
    std::map<std::string, std::string> problems_;  // by public path
};

/// Returns the password with which the relay reads a secret path. Only programs with the relay
/// secret can compute it.
Secret relay_password(const OrchestratorSettings& settings, std::string_view secret_path);

/// Returns whether a reader of a secret path is a relay of this installation.
bool is_relay_credential(const OrchestratorSettings& settings, std::string_view secret_path,
                         std::string_view user, const Secret& password);

}  // namespace rescuestream
