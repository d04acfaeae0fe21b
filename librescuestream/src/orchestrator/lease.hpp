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

/// Decides which of the programs that share a storage supervises one node.
///
/// The holder renews the lease. Another program takes it over when, by its own steady clock, the
/// lease was not renewed for `kLifetime`. The holder measures from before its last renewal, so that
/// it has stopped by then even if it was suspended. Wall clocks are not compared. A program that
/// restarts with the same name continues to hold its lease.
///
/// Thread-safety: all methods may be called from any thread.
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

    /// Takes or renews the lease if that is due. Returns true if this program holds it.
    bool hold();
    /// Returns true if this program still holds the lease. Does not call the storage.
    bool is_held() const;
    void give_up();
    /// The holder as far as it is known; empty: nobody.
    std::string holder() const;

private:
    using SteadyTime = std::chrono::steady_clock::time_point;

    NodeStorage& storage_;
    const Clock& clock_;
    Logger& logger_;
    const std::string node_;
    const std::string self_;
    mutable std::mutex mutex_;
    std::optional<NodeLease> seen_;  // the last answer of the storage
    SteadyTime seen_since_;          // since when another program's lease is unchanged
    SteadyTime renewed_at_;
    bool ours_ = false;
};

}  // namespace rescuestream
