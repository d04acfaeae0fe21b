#pragma once

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "orchestrator/cutoffs.hpp"
#include "orchestrator/figures.hpp"
#include "orchestrator/hook_gate.hpp"
#include "orchestrator/lease.hpp"
#include "orchestrator/node_dependencies.hpp"
#include "orchestrator/node_standing.hpp"
#include "orchestrator/outage.hpp"
#include "orchestrator/poll_rhythm.hpp"
#include "orchestrator/reconciler.hpp"
#include "orchestrator/relays.hpp"
#include "orchestrator/reservations.hpp"
#include "orchestrator/session_runner.hpp"
#include "orchestrator/turn_pool.hpp"
#include "orchestrator/unwritten.hpp"

namespace rescuestream {

/// One media server and everything that looks after it, in turns that a TurnPool gives.
///
/// Thread-safety: all methods from any thread; `start` and `stop` by one.
class NodeWatch final : public Recurring, public std::enable_shared_from_this<NodeWatch> {
public:
    NodeWatch(Node node, std::unique_ptr<MediaServer> media_server,
              const NodeDependencies& dependencies, TurnPool& pool);
    ~NodeWatch() override;

    /// From now on it has turns. Started before: nothing.
    void start();
    /// It has none any more; returns when the last one is over.
    void stop();
    /// Ends all waiting, so that `stop` takes less long.
    void begin_stop();
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

    /// Removes what UnwrittenRefusals refuses, and those of `keys` that do not deliver yet, whoever
    /// looks after the node: nobody else knows of it.
    NodeCutoff remove_refused(const std::vector<StreamKeyId>& keys);

    /// Asks the media server who publishes to a path; empty: nobody, or not yet. Its errors are
    /// logged.
    Result<std::optional<MediaSource>> source_at(const std::string& path);
    /// Whether `source_at` may be called since a hook has come; if not, the next poll is early.
    HookGate::Turn admit_hook(const std::string& path);
    Reservations& reservations() { return reservations_; }
    Relays& relays() { return relays_; }
    Standing& standing() { return standing_; }
    const Figures& figures() const { return figures_; }
    Reconciler::Status status() const { return reconciler_.status(); }
    std::string reconciled_by() const { return lease_.holder(); }

    /// Polls, if that is due; else works off what others have left.
    Next take_turn() override;

private:
    // Leaves in `cutoffs` what nobody did in time.
    void wait_for_others(std::vector<Cutoff>& cutoffs);
    void work_off();

    mutable std::mutex node_mutex_;
    Node node_;
    std::atomic<bool> draining_;
    const std::string name_;
    const std::unique_ptr<MediaServer> media_server_;
    const NodeDependencies d_;
    TurnPool& pool_;
    Figures figures_;
    Reservations reservations_;
    Relays relays_;
    Lease lease_;
    Standing standing_;
    Cutoffs cutoffs_;
    Reconciler reconciler_;
    HookGate hooks_;
    PollRhythm rhythm_;

    std::mutex mutex_;
    std::condition_variable changed_;
    std::string holder_;  // as it was logged last
    std::chrono::steady_clock::time_point next_poll_;
    bool stopping_ = false;
    bool woken_ = false;
};

}  // namespace rescuestream
