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
struct OrchestratorSettings;

/// Whether a node's unknown publishers are removed, or only watched since its media server has not
/// been seen to ask us yet.
///
/// It has been seen to ask when a publisher that we let in is shown by the media server itself, at
/// the path and with the connection id of the question. A question alone proves nothing: anybody
/// who reaches us can send one.
///
/// Thread-safety: all methods from any thread. `refresh`, `look`, `meet` and `finish_round` belong
/// to the node's poll, which runs one at a time.
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
    using Publishers = std::unordered_map<ConnectionId, const MediaPath*>;  ///< By their source.

    Standing(Dependencies dependencies, std::string api_url)
        : d_(dependencies), api_url_(std::move(api_url)) {}

    /// We let a publisher in that the media server asked about. Cheap.
    void note_question(const ConnectionId& connection, const std::string& path);

    /// Reads what the storage knows, unless all is known.
    void refresh();
    /// What the media server has now.
    void look(const Publishers& publishers);
    bool enforces() const noexcept { return enforces_; }

    /// A publisher that nobody of us let in. It is listed; on a node that is only watched it is
    /// also logged and recorded, once for each path.
    void meet(const MediaPath& path);
    void finish_round();

    /// As the storage knows it.
    Result<NodeStanding> current();
    /// Where a source publishes from; IP without port; empty: not known.
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

    Dependencies d_;
    const std::string api_url_;
    std::atomic<bool> enforces_{false};
    std::atomic<bool> asks_{false};  // it was seen to

    std::mutex mutex_;
    std::deque<Question> questions_;  // the newest at the end
    NodeStanding known_;              // without `unknown`

    // Of the poll alone.
    std::map<ConnectionId, UnknownSource> unknown_;
    std::map<ConnectionId, Timestamp> last_seen_;
    std::optional<std::vector<UnknownSource>> stored_;
    std::set<std::string> told_of_;  // paths
};

}  // namespace rescuestream
