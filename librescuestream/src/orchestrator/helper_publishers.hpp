#pragma once

#include <functional>
#include <string>
#include <unordered_map>
#include <unordered_set>

#include "orchestrator/poll_plan.hpp"
#include "rescuestream/media_server.hpp"
#include "rescuestream/settings.hpp"

namespace rescuestream {

class Logger;

/// Recognises the publishers of a node that are helpers: programs that the media server itself
/// started, which have no stream key.
///
/// A publisher is one if its path matches OrchestratorSettings::helper_paths, no stream key that
/// is neither revoked nor expired has that path, and the media server lists its address as a
/// loopback address. The media server asked an auth request about it, which only the helper
/// credential can have passed at such a path. This does not depend on what this program remembers,
/// so helpers stay after a restart and when another program answered the request.
///
/// Thread-safety: none; only the node's poll calls it.
class HelperPublishers {
public:
    /// Returns the IP address of a source; empty: unknown.
    using AddressOf = std::function<std::string(const MediaSource&)>;

    HelperPublishers(const OrchestratorSettings& settings, Logger& logger, AddressOf address_of)
        : settings_(settings), logger_(logger), address_of_(std::move(address_of)) {}

    /// Returns the connections of `round` that are helpers, among those of `round.owners`. Asks for
    /// the address of each new connection at a helper path only once, unless it is unknown. A
    /// connection whose address is unknown is treated as a helper in two rounds.
    std::unordered_set<ConnectionId> find(const Round& round);

private:
    struct Verdict {
        bool is_helper = false;
        int rounds_unknown = 0;
        bool is_final = false;
    };
    Verdict judge(const MediaPath& path, Verdict before);

    const OrchestratorSettings& settings_;
    Logger& logger_;
    const AddressOf address_of_;
    std::unordered_map<ConnectionId, Verdict> known_;
};

/// Returns whether publishers at a path that no program accepted are left alone because of
/// OrchestratorSettings::ignore_paths, provided that no stream key has that path.
bool is_ignored(const OrchestratorSettings& settings, const std::string& path);

/// Returns whether helpers may publish to a path, with the same condition.
bool is_helper_path(const OrchestratorSettings& settings, const std::string& path);

}  // namespace rescuestream
