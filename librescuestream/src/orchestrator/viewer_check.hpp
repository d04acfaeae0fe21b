#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "orchestrator/poll_plan.hpp"
#include "rescuestream/media_server.hpp"
#include "rescuestream/settings.hpp"
#include "rescuestream/viewers.hpp"

namespace rescuestream {

class KeyFollower;
class Logger;
class PlaybackTokens;
class Viewers;

/// Compares the readers that a media server lists with the viewers that were accepted, and removes
/// those that may not watch any more: whose token has expired, was revoked or permits fewer
/// sessions, whose path became signed, whom somebody has removed, and readers of signed paths whom
/// nobody has accepted.
///
/// HLS sessions are not removed, because a kick of one can block MediaMTX for ever.
///
/// Thread-safety: none; only the node's poll calls it.
class ViewerCheck {
public:
    struct Dependencies {
        const std::string& node;
        MediaServer& media_server;
        Viewers& viewers;
        PlaybackTokens& tokens;
        KeyFollower& keys;
        Logger& logger;
        const OrchestratorSettings& settings;
    };

    explicit ViewerCheck(const Dependencies& dependencies) : d_(dependencies) {}

    /// `enforces`: readers whom nobody has accepted are removed, too.
    void run(const Round& round, bool enforces);

private:
    struct Present {
        const MediaReader* reader = nullptr;
        const std::string* path = nullptr;
    };
    using Readers = std::unordered_map<ConnectionId, Present>;  // by the id of the auth request

    Readers readers_of(const Round& round);
    // For releases whose auth requests contain the id of an RTSP connection and not of its session.
    void learn_rtsp_ids(const Round& round);
    // Empty: it may go on.
    std::optional<std::string_view> reason_to_remove(const ConnectionId& id, const Present& present,
                                                     Timestamp now, bool enforces);
    void remove(const ConnectionId& id, const Present& present, std::string_view reason);
    void end_absent(const Readers& readers, const Round& round);

    const Dependencies d_;
    std::unordered_map<ConnectionId, ConnectionId> auth_id_of_;  // by the session
    std::unordered_map<ConnectionId, int> unknown_rounds_;
    std::unordered_map<ConnectionId, int> absent_rounds_;
    std::unordered_set<ConnectionId> confirmed_;  // viewers that were among the readers
    std::unordered_set<ConnectionId> told_;       // who cannot be removed, and was logged
};

}  // namespace rescuestream
