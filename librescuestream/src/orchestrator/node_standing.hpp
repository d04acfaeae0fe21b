#pragma once

#include <atomic>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "rescuestream/media_server.hpp"
#include "rescuestream/nodes.hpp"

namespace rescuestream {

class CountedStorage;
class Logger;
class RandomSource;
struct MediaAuthentication;
struct OrchestratorSettings;

/// Decides whether unknown publishers of a node are removed, or only listed because its media
/// server is not known to send its auth requests to this installation.
///
/// This is known when the media server's own list contains a publisher that was accepted here, with
/// the path and the connection id of the auth request. An auth request alone proves nothing,
/// because anybody who reaches the server can send one.
///
/// This knowledge ends when the media server's configuration says something else: its owner has
/// gone back to what was there before, and the publishers that come then are his.
///
/// Thread-safety: all methods may be called from any thread. `refresh`, `check`, `judge`, `meet`
/// and `finish_round` are only called by the node's poll, of which one runs at a time.
class Standing {
public:
    struct Dependencies {
        const std::string& node;
        CountedStorage& storage;
        MediaServer& media_server;
        const Clock& clock;
        RandomSource& random;
        Logger& logger;
        const OrchestratorSettings& settings;
    };
    using Publishers = std::unordered_map<ConnectionId, const MediaPath*>;  ///< By the connection
                                                                            ///< id of their source.

    Standing(Dependencies dependencies, std::string api_url)
        : d_(dependencies), api_url_(std::move(api_url)) {}

    /// Notes that an auth request was accepted. Does not call the storage.
    void note_question(const ConnectionId& connection, const std::string& path);

    /// Reads the standing from the storage, unless it is completely known.
    void refresh();
    /// Compares the present publishers of the media server with the accepted auth requests, and
    /// begins to enforce when one matches.
    void check(const Publishers& publishers);
    bool enforces() const noexcept { return enforces_; }
    /// Ends the enforcement that an auth request began if the media server sends its auth requests
    /// to nobody, or elsewhere than before. Called whenever its configuration was read.
    void judge(const MediaAuthentication& found);
    /// See NodeStatus.
    std::string asks_nobody() const;
    /// Returns whether the media server sends its auth requests to nobody, or had publishers that
    /// no program accepted when the standing was read last, and has not been seen to send an auth
    /// request here.
    bool has_unasked_publishers() const noexcept {
        return asks_nobody_told_ || (has_unknown_ && !asks_);
    }

    /// Adds a publisher that no program accepted to the list. If unknown publishers are not
    /// removed, it is also logged and recorded in the audit log, once for each path.
    void meet(const MediaPath& path);
    void finish_round();

    /// Returns the standing that is stored.
    Result<NodeStanding> current();
    /// Returns the IP address of a source without its port; empty: unknown.
    std::string address_of(const MediaSource& source);

private:
    struct Question {
        ConnectionId connection;
        std::string path;
    };

    AuditEntry entry(std::string_view action, std::string_view type, std::string id,
                     std::initializer_list<std::pair<std::string_view, std::string_view>> names);
    void take(const NodeStanding& standing);
    void begin_to_enforce();
    // Whether a configuration can end the enforcement.
    bool depends_on_configuration() const noexcept;
    void withdraw(const std::string& reason);
    // Takes back what `take` took.
    void forget();

    Dependencies d_;
    const std::string api_url_;
    std::atomic<bool> enforces_{false};
    std::atomic<bool> asks_{false};  // the media server is known to send auth requests here

    std::atomic<bool> has_unknown_{false};       // NodeStanding::unknown is not empty
    std::atomic<bool> asks_nobody_told_{false};  // `asks_nobody_` is not empty

    mutable std::mutex mutex_;
    std::deque<Question> questions_;  // the newest at the end
    NodeStanding known_;              // without `unknown`
    std::string asks_nobody_;

    // Only used by the poll.
    std::string address_;  // of auth requests, since the media server is known to send them here
    std::map<ConnectionId, UnknownSource> unknown_;
    std::map<ConnectionId, Timestamp> last_seen_;
    std::optional<std::vector<UnknownSource>> stored_;
    std::set<std::string> told_of_;  // paths that were logged
};

}  // namespace rescuestream
