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
struct ViewerKick;
class Viewers;

/// Compares the readers that a media server lists with the viewers that were accepted, and removes
/// those that may not watch any more: whose token has expired, was revoked or permits fewer
/// sessions, whose path became signed, whom somebody has removed, and readers of signed paths whom
/// nobody has accepted.
///
/// HLS sessions are not removed, because a kick of one can block MediaMTX for ever.
///
/// When the media server does not answer a kick, the others of the round are not tried; the next
/// round repeats them.
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
    /// Whether the next `run` may remove a reader whom nobody has accepted.
    bool is_about_to_remove_unknown() const noexcept;

private:
    struct Present {
        const MediaReader* reader = nullptr;
        const std::string* path = nullptr;
        std::size_t place = 0;  // in the media server's list
    };
    struct Removal {
        ConnectionId id;  // of the auth request
        Present present;
        std::string_view reason;
    };
    using Readers = std::unordered_map<ConnectionId, Present>;  // by the id of the auth request

    Readers readers_of(const Round& round);
    // For releases whose auth requests contain the id of an RTSP connection and not of its session.
    void learn_rtsp_ids(const Round& round);
    // Empty: it may go on.
    std::optional<std::string_view> reason_to_remove(const ConnectionId& id, const Present& present,
                                                     Timestamp now, bool enforces);
    // Several at a time: hundreds may have to go at once.
    void remove(std::vector<Removal> removals);
    // `kick`: null if the viewer cannot be kicked safely.
    void tell(const Removal& removal, const ViewerKick* kick);
    void end_absent(const Readers& readers, const Round& round);

    const Dependencies d_;
    std::unordered_map<ConnectionId, ConnectionId> auth_id_of_;  // by the session
    std::unordered_map<ConnectionId, int> unknown_rounds_;
    std::unordered_map<ConnectionId, int> absent_rounds_;
    std::unordered_set<ConnectionId> confirmed_;  // viewers that were among the readers
    std::unordered_set<ConnectionId> told_;       // who cannot be removed, and was logged
};

}  // namespace rescuestream
