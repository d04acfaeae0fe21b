#pragma once

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "orchestrator/cutoffs.hpp"
#include "orchestrator/figures.hpp"
#include "orchestrator/lease.hpp"
#include "orchestrator/outage.hpp"
#include "orchestrator/reconciler.hpp"
#include "orchestrator/relays.hpp"
#include "orchestrator/reservations.hpp"
#include "orchestrator/session_runner.hpp"

namespace rescuestream {

/// One media server and everything that looks after it, on a thread of its own, so that one that
/// does not answer delays no other.
///
/// Thread-safety: all methods from any thread; `start` and `stop` by one.
class NodeWatch {
public:
    struct Dependencies {
        Storage& storage;
        SessionRunner& sessions;
        EventBus& events;
        const OutagePublishers& outage;
        const Clock& clock;
        RandomSource& random;
        Logger& logger;
        const OrchestratorSettings& settings;
        const std::string& server_name;
    };

    NodeWatch(Node node, std::unique_ptr<MediaServer> media_server, Dependencies dependencies);
    ~NodeWatch();

    /// Done before: nothing.
    void start();
    void stop();
    /// One round on the caller's thread.
    void tick();
    /// Others may have left something to be cut off.
    void wake();

    Node node() const;
    /// What may change without a new connection: label, addresses, draining.
    void set_node(Node node);
    bool is_draining() const noexcept { return draining_; }

    /// Carries out what stands in the storage for this node: itself, if it looks after the node;
    /// else it waits for who does, and does it itself when that takes too long.
    NodeCutoff carry_out(std::vector<Cutoff> cutoffs);

    /// Asks the media server who publishes to a path; empty: nobody, or not yet. Its errors are
    /// logged.
    Result<std::optional<MediaSource>> source_at(const std::string& path);
    Reservations& reservations() { return reservations_; }
    Relays& relays() { return relays_; }
    const Figures& figures() const { return figures_; }
    Reconciler::Status status() const { return reconciler_.status(); }
    std::string reconciled_by() const { return lease_.holder(); }

private:
    void run();
    // Leaves in `cutoffs` what nobody did in time.
    void wait_for_others(std::vector<Cutoff>& cutoffs);
    void work_off();

    mutable std::mutex node_mutex_;
    Node node_;
    std::atomic<bool> draining_;
    const std::string name_;
    const std::unique_ptr<MediaServer> media_server_;
    const Dependencies d_;
    Figures figures_;
    Reservations reservations_;
    Relays relays_;
    Lease lease_;
    Cutoffs cutoffs_;
    Reconciler reconciler_;

    std::mutex mutex_;
    std::condition_variable changed_;
    std::string holder_;  // as it was logged last
    bool stopping_ = false;
    bool woken_ = false;
    std::thread thread_;
};

}  // namespace rescuestream
