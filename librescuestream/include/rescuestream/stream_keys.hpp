#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "rescuestream/cutoff_report.hpp"
#include "rescuestream/ids.hpp"
#include "rescuestream/records.hpp"
#include "rescuestream/secret.hpp"
#include "rescuestream/time.hpp"

namespace rescuestream {

struct NewStreamKey {
    BroadcasterId broadcaster_id;
    std::optional<std::string> label;
    std::optional<std::string> playback_path;  ///< Empty: `live/` and 12 random characters.
    std::optional<Timestamp> expires_at;       ///< In the future.
    StreamKeyPolicies policies;
    /// An open incident to which the key is assigned. Empty: that of its broadcaster, if any.
    std::optional<IncidentId> incident_id = std::nullopt;
    bool until_closed = false;  ///< It expires when `incident_id`, which is given, is closed.
};

struct StreamKeyPatch {
    std::optional<std::string> label;
    std::optional<Timestamp> expires_at;  ///< In the future.
    StreamKeyPolicies policies;           ///< Only members that are set are changed.
    /// Names of members that are reset to "never" or to the installation's default: `expires_at` or
    /// a policy. A member must not be both set and reset.
    std::vector<std::string> reset;
};

/// A new key and its value, which is only available now.
struct CreatedStreamKey {
    StreamKey key;
    Secret value;
};

struct RevokedStreamKey {
    StreamKey key;
    CutoffReport cutoff;
};

struct ChangedStreamKey {
    StreamKey key;
    CutoffReport cutoff;
};

struct RotatedStreamKey {
    StreamKey key;
    Secret value;
    CutoffReport cutoff;
};

/// Which keys a list shows. An empty member does not restrict the list.
struct StreamKeyFilter {
    std::optional<BroadcasterId> broadcaster_id = std::nullopt;
    std::optional<std::string> broadcaster_name = std::nullopt;  ///< Several may have it.
    std::optional<std::string> label = std::nullopt;
    std::optional<std::string> playback_path = std::nullopt;
    std::optional<StreamKeyStatus> status = std::nullopt;
    std::optional<bool> disabled = std::nullopt;           ///< Itself, or with its broadcaster.
    std::optional<IncidentId> incident_id = std::nullopt;  ///< Assigned to it now.
    Timestamp at{};  ///< The time by which `status` is judged. StreamOrchestrator sets it.

    /// Whether the list is that of all keys.
    bool is_empty() const {
        return !broadcaster_id && !broadcaster_name && !label && !playback_path && !status &&
               !disabled && !incident_id;
    }
};

}  // namespace rescuestream
