#pragma once

#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "orchestrator/cutoffs.hpp"
#include "orchestrator/lease.hpp"
#include "orchestrator/node_dependencies.hpp"
#include "orchestrator/node_standing.hpp"
#include "orchestrator/outage.hpp"
#include "orchestrator/poll_plan.hpp"
#include "orchestrator/relays.hpp"
#include "orchestrator/reservations.hpp"
#include "orchestrator/unwritten.hpp"
#include "rescuestream/logger.hpp"

namespace rescuestream {

/// Compares what the media server has with what the storage believes, and mends the difference:
/// the media server's own list is the truth, hooks are hints.
///
/// Of several programs on one storage the one that has the node's lease acts; the others only look,
/// so that they can tell what they see.
///
/// Thread-safety: all methods from any thread; rounds run one at a time.
class Reconciler {
public:
    struct Dependencies : NodeDependencies {
        const std::string& node;
        MediaServer& media_server;
        Cutoffs& cutoffs;
        Figures& figures;
        Reservations& reservations;
        Relays& relays;
        Lease& lease;
        Standing& standing;
    };

    /// What the last round found.
    struct Status {
        bool reachable = false;
        NodeState state = NodeState::kUnknown;
        std::string reason;  ///< Why it is not kUp.
        bool first_round_done = false;
        std::string version;
        std::optional<Timestamp> seen_at;
    };

    explicit Reconciler(Dependencies dependencies) : d_(dependencies) {}

    void run_once();
    Status status() const;
    /// After the last round: how long from now until a source that is silent counts as stale, if it
    /// stays silent. Very long when none is. For whoever calls `run_once`.
    std::chrono::milliseconds soonest_stale() const noexcept { return soonest_stale_; }

private:
    // What the media server has, or nothing when it cannot be asked; keeps `status_`.
    std::optional<Round> look();
    bool mark_reachable(const MediaServerInfo& info);
    // `answers`: it did so at first.
    void mark_unreachable(const Error& error, bool answers);
    // Of a media server that does not answer.
    void act_on_unseen();
    void measure(const Round& round, const Session& session);
    void match_relays(const Round& round);
    void find_owners(Round& round);
    // Plans a round and carries the plan out; the suspects of the next one.
    Suspects act_on(const Round& round);
    void carry_out(const Action& action, Timestamp now);
    void carry_out(const Observe& action, Timestamp now);
    void carry_out(const EndStream& action, Timestamp now);
    void carry_out(const RemoveSource& action, Timestamp now);
    void carry_out(const ListSource& action, Timestamp now);
    // Of rights that were taken away and are not written yet nobody else knows, so whoever looks
    // after the node.
    void remove_refused(const Round& round);
    void kick_unwritten(const MediaPath& path);
    // `message` at a level that suits: a storage without room is told of elsewhere, once.
    void warn(std::string_view message, const Error& error, LogField about);
    void record_removal(const UnknownSource& source, std::string_view reason);
    // Of the protocols whose publishers take a while from their acceptance to their source. Empty:
    // the media server does not say.
    std::optional<std::unordered_set<ConnectionId>> list_connections();
    void release_lost_reservations(const Round& round, Suspects& next);

    Dependencies d_;
    std::mutex running_;
    std::chrono::milliseconds soonest_stale_ = std::chrono::hours(1);
    bool is_tidy_ = false;  // nothing is left of what another program was at work with
    Suspects suspects_;
    mutable std::mutex status_mutex_;
    Status status_;
    std::optional<Timestamp> started_;                // of the media server
    std::optional<Figures::SteadyTime> last_answer_;  // or the first question
};

}  // namespace rescuestream
