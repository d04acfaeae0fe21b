#pragma once

#include <chrono>
#include <mutex>
#include <optional>
#include <string>

#include "rescuestream/nodes.hpp"
#include "rescuestream/time.hpp"

namespace rescuestream {

class Logger;
class NodeStorage;

/// Which of several programs that share a storage looks after one node.
///
/// The holder renews it; who sees that it was not renewed for `kLifetime`, by its own steady clock,
/// takes it over. The holder in turn counts from before its last renewal, so that it has stopped by
/// then even if it was frozen. No program's idea of the time of day matters. A program that is
/// started again under its name goes on where it was.
///
/// Thread-safety: all methods from any thread.
class Lease {
public:
    static constexpr std::chrono::seconds kLifetime{6};

    Lease(NodeStorage& storage, const Clock& clock, Logger& logger, std::string node,
          std::string holder)
        : storage_(storage),
          clock_(clock),
          logger_(logger),
          node_(std::move(node)),
          self_(std::move(holder)) {}

    /// Takes or renews it, if that is due. True: it is ours.
    bool hold();
    /// True: it is ours for a moment yet. Asks nobody.
    bool is_held() const;
    void give_up();
    /// As far as is known; empty: nobody.
    std::string holder() const;

private:
    using SteadyTime = std::chrono::steady_clock::time_point;

    NodeStorage& storage_;
    const Clock& clock_;
    Logger& logger_;
    const std::string node_;
    const std::string self_;
    mutable std::mutex mutex_;
    std::optional<NodeLease> seen_;  // the last answer
    SteadyTime seen_since_;          // somebody else's stands like this since then
    SteadyTime renewed_at_;
    bool ours_ = false;
};

}  // namespace rescuestream
