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
    std::string label;
    std::optional<std::string> playback_path;  ///< Empty: `live/` and 12 random characters.
    std::optional<Timestamp> expires_at;       ///< In the future.
    std::optional<OnDuplicate> on_duplicate;
    std::optional<std::chrono::seconds> reconnect_window;      ///< 0 to 1800 s.
    std::optional<std::chrono::seconds> stale_after;           ///< 1 to 60 s.
    std::optional<std::chrono::seconds> max_session_duration;  ///< 1 s to 30 days.
};

struct StreamKeyPatch {
    std::optional<std::string> label;
    std::optional<Timestamp> expires_at;  ///< In the future.
    std::optional<OnDuplicate> on_duplicate;
    std::optional<std::chrono::seconds> reconnect_window;
    std::optional<std::chrono::seconds> stale_after;
    std::optional<std::chrono::seconds> max_session_duration;
    /// Names of members that get back to "never" or to the installation's default: `expires_at`,
    /// `on_duplicate`, `reconnect_window`, `stale_after`, `max_session_duration`.
    std::vector<std::string> reset;
};

/// A key together with its value: exists once, at creation.
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

struct StreamKeyFilter {
    std::optional<BroadcasterId> broadcaster_id;
};

}  // namespace rescuestream
