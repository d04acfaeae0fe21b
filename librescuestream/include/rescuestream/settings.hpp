#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>

#include "rescuestream/addresses.hpp"
#include "rescuestream/records.hpp"
#include "rescuestream/secret.hpp"

namespace rescuestream {

/// What happens to a device that publishes to its key value as the path.
enum class LegacyPathKeys {
    kRelay,   ///< Allowed; it is listed and watched at the key's public path, and only the media
              ///< server itself may read the secret one.
    kExpose,  ///< Allowed; the viewers' addresses contain the key value while it is live.
    kDeny,    ///< Refused.
};

/// What happens to a publisher on a media server that no key of ours accounts for.
enum class UnknownPublisher {
    kKick,    ///< It is removed.
    kAdopt,   ///< On the path of a usable key that nobody holds, it gets that key; else it is
              ///< removed.
    kIgnore,  ///< It stays, and no stream is made of it.
};

/// What happens to publishers while the storage is out of reach.
enum class DatabaseOutage {
    kDeny,   ///< They are refused.
    kGrace,  ///< Publishers whose key was known to be valid are accepted, and claimed afterwards.
};

/// The settings of an installation that the orchestrator works by.
struct OrchestratorSettings {
    LegacyPathKeys legacy_path_keys = LegacyPathKeys::kRelay;
    /// With kRelay: what proves to us that a media server reads for itself. The same for all
    /// programs on one storage; empty: random.
    Secret relay_secret;
    /// With kRelay: how a media server reaches its own RTSP server.
    std::string relay_address = "rtsp://127.0.0.1:8554";
    OnDuplicate on_duplicate = OnDuplicate::kRejectIfHealthy;
    std::chrono::milliseconds reservation_timeout{30'000};
    std::chrono::milliseconds stale_after{5'000};       ///< A source silent for so long is stale.
    std::chrono::seconds reconnect_window{60};          ///< 0 to 1800 s.
    std::chrono::milliseconds node_lost_after{60'000};  ///< An unreachable node's streams end then.
    /// Empty: kKick, once the media server has been seen to ask us; until then unknown publishers
    /// are only watched (see NodeStanding). kKick and kAdopt: from the first poll on.
    std::optional<UnknownPublisher> unknown_publisher;
    DatabaseOutage database_outage = DatabaseOutage::kDeny;
    /// With kGrace: for so long after the storage last answered, what it said then is relied on.
    std::chrono::seconds outage_grace{600};
    std::size_t publish_steps = 8;  ///< Storage calls in flight; each decides up to 64 requests.
    std::chrono::milliseconds poll_interval{1'000};    ///< Between two polls of the media server.
    std::chrono::milliseconds cutoff_deadline{2'000};  ///< Longest wait for a verified cut-off.
    PublicAddresses addresses;                         ///< Of the default node.
    std::string api_url;                               ///< Of the default node; only shown.
    /// The credential that we send to the default node, and the only one with which its interfaces
    /// may be used (`may_control`). Empty: nobody may use them.
    std::string api_user;
    Secret api_password;
    /// A registered node without a credential of its own gets one that is derived from this, for it
    /// alone. The same for all programs on one storage; empty: none.
    Secret control_secret;
    std::string node = "default";  ///< Name of the default node.
};

}  // namespace rescuestream
