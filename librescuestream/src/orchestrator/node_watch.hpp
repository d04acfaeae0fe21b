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
#include "orchestrator/node_meter.hpp"
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

/// Supervises one media server. A TurnPool calls `take_turn` for its work.
///
/// Thread-safety: all methods may be called from any thread, `start` and `stop` only from one.
class NodeWatch final : public Recurring, public std::enable_shared_from_this<NodeWatch> {
public:
    NodeWatch(Node node, std::unique_ptr<MediaServer> media_server,
              const NodeDependencies& dependencies, TurnPool& pool);
    ~NodeWatch() override;

    /// Adds the node to the pool. Does nothing if it was started already.
    void start();
    /// Removes the node from the pool and waits for the end of the present turn.
    void stop();
    /// Interrupts all waits, so that `stop` returns sooner.
    void begin_stop();
    /// Carries out one round on the caller's thread.
    void tick();
    /// Reports that another program may have written a cut-off.
    void wake();

    /// Polls as soon as possible.
    void poll_soon();

    Node node() const;
    /// Sets what may change without a new client: label, addresses, draining.
    void set_node(Node node);
    bool is_draining() const noexcept { return draining_; }

    /// Carries out the pending cut-offs of this node. If another program supervises the node, waits
    /// for that program first and carries out itself what remains after a deadline.
    NodeCutoff carry_out(std::vector<Cutoff> cutoffs);

    /// Removes publishers that UnwrittenRefusals refuses, and connections of `keys` that do not
    /// deliver yet, even if another program supervises the node, because no other program knows of
    /// these refusals.
    NodeCutoff remove_refused(const std::vector<StreamKeyId>& keys);

    /// Asks the media server for the publisher of a path. Empty: there is none, or none yet. Errors
    /// are logged.
    Result<std::optional<MediaSource>> source_at(const std::string& path);
    /// Returns a permission to call `source_at` because of a hook. Without a permission the next
    /// poll is early.
    HookGate::Turn admit_hook(const std::string& path);
    Reservations& reservations() { return reservations_; }
    Relays& relays() { return relays_; }
    /// See Relays::problem_at.
    std::optional<std::string> problem_at(const std::string& public_path) const {
        return relays_.problem_at(public_path);
    }
    Standing& standing() { return standing_; }
    const Figures& figures() const { return figures_; }
    const NodeMeter& meter() const { return meter_; }
    NodeMeter& meter() { return meter_; }
    Reconciler::Status status() const { return reconciler_.status(); }
    /// Returns the state as of the last poll.
    NodeState state() const;
    std::string reconciled_by() const { return lease_.holder(); }

    /// Polls if that is due; otherwise carries out the cut-offs that other programs wrote.
    Next take_turn() override;

private:
    // Leaves in `cutoffs` those that no program carried out in time.
    void wait_for_others(std::vector<Cutoff>& cutoffs);
    void work_off();

    mutable std::mutex node_mutex_;
    Node node_;
    std::atomic<bool> draining_;
    const std::string name_;
    NodeMeter meter_;
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
    std::string holder_;  // as logged last
    std::chrono::steady_clock::time_point next_poll_;
    bool stopping_ = false;
    bool woken_ = false;
};

}  // namespace rescuestream
