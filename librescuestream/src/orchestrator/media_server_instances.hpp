#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "rescuestream/media_server.hpp"

namespace rescuestream {

/// Which process of a media server answers at which node, so that one that is registered as two
/// nodes is noticed: each of the two would take the publishers of the other for unknown ones.
///
/// A process is recognised by its version and start time, which MediaMTX reports in microseconds
/// and finer, so that two processes do not have the same one.
///
/// Thread-safety: all methods may be called from any thread.
class MediaServerInstances {
public:
    /// `default_node` is always the first one.
    explicit MediaServerInstances(std::string default_node)
        : default_node_(std::move(default_node)) {}

    /// Notes that this process answers at `node`. Returns the other node at which it was seen
    /// first.
    std::optional<std::string> note(const std::string& node, const MediaServerInfo& info);
    /// Returns another node than `node` at which this process answers.
    std::optional<std::string> other_than(const std::string& node,
                                          const MediaServerInfo& info) const;
    /// The node does not exist any more, or has another address now.
    void forget(const std::string& node);

private:
    const std::string default_node_;
    mutable std::mutex mutex_;
    std::map<std::string, MediaServerInfo> by_node_;
};

}  // namespace rescuestream
