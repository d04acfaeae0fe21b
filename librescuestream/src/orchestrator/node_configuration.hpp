#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "orchestrator/poll_plan.hpp"
#include "rescuestream/media_configuration.hpp"
#include "rescuestream/nodes.hpp"

namespace rescuestream {

class Clock;
class Logger;
class MediaServer;
struct OrchestratorSettings;

/// Where a media server itself refuses a publisher while another one is connected
/// (`overridePublisher: no`), so that this installation's decision about it has no effect.
struct WithoutTakeover {
    std::set<std::string> entries;  ///< Names of path entries.
    bool is_inherited = false;      ///< `pathDefaults` says so.

    bool operator==(const WithoutTakeover&) const = default;
};

/// Only entries of publishers count. A pure function.
WithoutTakeover without_takeover(const MediaConfiguration& configuration);

/// Returns what the node's state says about them: one note for `pathDefaults`, or one for each
/// entry. A pure function.
std::vector<PathNote> takeover_notes(const WithoutTakeover& found);

/// Returns the paths of the streams of a round at which no encoder can take over. A pure function.
std::set<std::string> streams_without_takeover(const Round& round, const WithoutTakeover& found);

/// The sentence about such a stream.
inline constexpr std::string_view kWithoutTakeover =
    "MediaMTX has overridePublisher: no here, so it refuses an encoder that comes back while its "
    "previous connection is open (up to 10 s), and no encoder can take over: set overridePublisher "
    "to yes. RescueStream decides who may take over (ON_DUPLICATE).";

/// Returns why no relay can pull with this configuration, a sentence for people. Empty: nothing is
/// known against it. `relay_address`: see OrchestratorSettings. A pure function.
std::optional<std::string> relay_obstacle(const MediaConfiguration& configuration,
                                          std::string_view relay_address);

/// Whom a media server asks who may publish, by its configuration.
struct MediaAuthentication {
    std::string address;      ///< May contain a secret: never shown.
    std::string asks_nobody;  ///< See NodeStatus.
};

/// A pure function.
MediaAuthentication authentication_of(const MediaConfiguration& configuration);

/// What a media server's own configuration means for this installation. It is read after the media
/// server's start, and then once a minute, because its owner may change it without a restart. What
/// is found is logged once.
///
/// Thread-safety: none; only the node's poll calls it. Ownership: all arguments must outlive it.
class NodeConfiguration {
public:
    NodeConfiguration(MediaServer& media_server, const Clock& clock, Logger& logger,
                      std::string node, const OrchestratorSettings& settings)
        : media_server_(media_server),
          clock_(clock),
          logger_(logger),
          node_(std::move(node)),
          settings_(settings) {}

    /// Calls the media server if that is due, or `at_once`. After a failure the previous results
    /// remain. Returns whether the configuration was read.
    bool refresh(bool at_once);

    const WithoutTakeover& without_takeover() const noexcept { return without_takeover_; }
    const std::optional<std::string>& relay_obstacle() const noexcept { return relay_obstacle_; }
    const MediaAuthentication& authentication() const noexcept { return authentication_; }

private:
    MediaServer& media_server_;
    const Clock& clock_;
    Logger& logger_;
    const std::string node_;
    const OrchestratorSettings& settings_;
    std::optional<std::chrono::steady_clock::time_point> read_at_;
    WithoutTakeover without_takeover_;
    std::optional<std::string> relay_obstacle_;
    MediaAuthentication authentication_;
};

}  // namespace rescuestream
