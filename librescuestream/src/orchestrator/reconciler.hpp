#pragma once

#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "orchestrator/cutoffs.hpp"

namespace rescuestream {

/// Compares what the media server has with what the storage believes, and mends the difference:
/// the media server's own list is the truth, hooks are hints.
///
/// Thread-safety: all methods from any thread; rounds run one at a time.
class Reconciler {
public:
    struct Dependencies {
        Storage& storage;
        MediaServer& media_server;
        SessionRunner& sessions;
        Cutoffs& cutoffs;
        const Clock& clock;
        Logger& logger;
        std::string node;
    };

    /// What the last round found.
    struct Status {
        bool reachable = false;
        bool first_round_done = false;
        std::string version;
        std::optional<Timestamp> seen_at;
    };

    explicit Reconciler(Dependencies dependencies) : d_(std::move(dependencies)) {}

    void run_once();
    Status status() const;

private:
    using PathsByName = std::unordered_map<std::string, MediaPath>;

    // The media server's paths, or nothing when it cannot be asked; keeps `status_`.
    std::optional<PathsByName> look();
    void compare_streams(const PathsByName& paths, const std::vector<Stream>& streams);
    void compare_sources(const PathsByName& paths, const std::vector<Stream>& streams);
    void meet_source(const MediaPath& path);
    // True from the second round in a row on in which `what` is reported.
    bool seen_twice(const std::string& what);

    Dependencies d_;
    std::mutex running_;
    std::unordered_map<std::string, int> suspects_;
    std::unordered_map<std::string, int> next_suspects_;
    mutable std::mutex status_mutex_;
    Status status_;
    std::optional<Timestamp> started_;
};

}  // namespace rescuestream
