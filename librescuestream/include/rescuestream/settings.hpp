#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "rescuestream/addresses.hpp"
#include "rescuestream/records.hpp"
#include "rescuestream/secret.hpp"

namespace rescuestream {

/// What happens to a device that publishes with its key value as the path.
enum class LegacyPathKeys {
    kRelay,   ///< Accepted; the stream is listed and read at the key's public path, and only the
              ///< media server itself may read the secret path.
    kExpose,  ///< Accepted; the viewers' addresses contain the key value while the stream is live.
    kDeny,    ///< Refused.
};

/// What happens to a publisher on a media server that does not belong to any key.
enum class UnknownPublisher {
    kKick,   ///< It is removed.
    kAdopt,  ///< On the path of a usable key without a claim, it gets that key; else it is removed.
    kIgnore,  ///< It stays, and no stream is recorded for it.
};

/// What happens to a publisher with a valid key at a path that is not the key's own.
enum class PathMismatch {
    kRefuse,  ///< It is refused.
    kAdopt,  ///< The path becomes the key's own if nobody uses the key, and if the path is no other
             ///< key's, can be a key's, and is none of `helper_paths` and `ignore_paths`. Otherwise
             ///< as with kRefuse.
};

/// What happens to publish requests while the storage is unreachable.
enum class DatabaseOutage {
    kDeny,   ///< They are refused.
    kGrace,  ///< Publishers whose key was known to be valid are accepted; their claims are stored
             ///< afterwards.
};

/// The settings of the orchestrator.
struct OrchestratorSettings {
    LegacyPathKeys legacy_path_keys = LegacyPathKeys::kRelay;
    /// With kRelay: the secret by which a media server proves that it reads a secret path itself.
    /// Must be the same for all programs on one storage. Empty: random.
    Secret relay_secret;
    /// With kRelay: the address at which a media server reaches its own RTSP server.
    std::string relay_address = "rtsp://127.0.0.1:8554";
    OnDuplicate on_duplicate = OnDuplicate::kRejectIfHealthy;
    /// Who may watch the paths for which no key has a policy of its own.
    PlaybackPolicy playback_policy = PlaybackPolicy::kPublic;
    std::chrono::milliseconds reservation_timeout{30'000};
    std::chrono::milliseconds stale_after{
        5'000};  ///< A source that has sent nothing for so long is stale.
    std::chrono::seconds reconnect_window{60};  ///< 0 to 1800 s.
    std::chrono::milliseconds node_lost_after{
        60'000};  ///< The streams of a node that has been unreachable for so long end.
    /// Empty: unknown publishers are only listed until the media server is known to send its auth
    /// requests here (see NodeStanding), and then treated as with kKick. kKick and kAdopt apply
    /// from the first poll on.
    std::optional<UnknownPublisher> unknown_publisher;
    /// Patterns of the paths (rules/path_pattern.hpp) to which programs that a media server starts
    /// itself may publish with the node's helper credential. Empty: there are no helpers.
    std::vector<std::string> helper_paths;
    /// Patterns of paths that do not belong to this installation: publishers there that no program
    /// accepted stay. A path of a stream key is never one of these.
    std::vector<std::string> ignore_paths;
    PathMismatch path_mismatch = PathMismatch::kRefuse;
    DatabaseOutage database_outage = DatabaseOutage::kDeny;
    /// With kGrace: for how long after its last answer the storage's answers remain valid.
    std::chrono::seconds outage_grace{600};
    std::size_t publish_steps =
        8;  ///< Maximum of storage calls in flight; each decides up to 64 requests.
    std::chrono::milliseconds poll_interval{1'000};  ///< Time between two polls of a media server.
    std::chrono::milliseconds cutoff_deadline{
        2'000};                 ///< Longest wait until a cut-off is confirmed.
    PublicAddresses addresses;  ///< Of the default node.
    std::string api_url;        ///< Of the default node; only displayed.
    /// The credential that this program sends to the default node. It is also the only one with
    /// which the node's interfaces may be used (`may_control`). Empty: nobody may use them. It goes
    /// to whoever listens at the node's address, so it must not be `control_secret`.
    std::string api_user;
    Secret api_password;
    /// Of every node with an https address: see MediaMtxOptions::ca_file. Used by who opens the
    /// media servers.
    std::string api_ca_file;
    /// For a registered node without a credential of its own, one is derived from this secret and
    /// the node's name. So is the credential of each node's helpers, and what encrypts the private
    /// halves of playback keys. Must be the same for all programs on one storage. Empty: none is
    /// derived, and no playback tokens can be signed.
    Secret control_secret;
    /// Audit entries that are older are deleted. 0: none are.
    std::chrono::seconds audit_retention{0};
    std::string node = "default";  ///< Name of the default node.
    /// The address at which people reach this server, for the addresses of guest links.
    std::string public_url = "http://localhost:8080";
};

}  // namespace rescuestream
