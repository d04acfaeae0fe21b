#pragma once

#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "orchestrator/cutoffs.hpp"
#include "orchestrator/helper_publishers.hpp"
#include "orchestrator/lease.hpp"
#include "orchestrator/node_configuration.hpp"
#include "orchestrator/node_dependencies.hpp"
#include "orchestrator/node_meter.hpp"
#include "orchestrator/node_standing.hpp"
#include "orchestrator/outage.hpp"
#include "orchestrator/poll_plan.hpp"
#include "orchestrator/relays.hpp"
#include "orchestrator/reservation_check.hpp"
#include "orchestrator/reservations.hpp"
#include "orchestrator/unwritten.hpp"
#include "orchestrator/viewer_check.hpp"
#include "rescuestream/logger.hpp"

namespace rescuestream {

/// Compares the state of the media server with the state in the storage and corrects the
/// difference. The media server's own list is authoritative; hooks are only hints.
///
/// Of several programs on one storage, only the holder of the node's lease acts. The others only
/// poll, so that they can report the node's state.
///
/// Thread-safety: all methods may be called from any thread; rounds run one at a time.
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
        NodeMeter& meter;
    };

    /// The result of the last round.
    struct Status {
        bool reachable = false;
        NodeState state = NodeState::kUnknown;
        std::string reason;  ///< Why `state` is not kUp.
        bool first_round_done = false;
        std::string version;
        std::optional<Timestamp> seen_at;
        std::vector<PathNote> notes;
        /// Paths of streams whose media server lets no encoder take over.
        std::set<std::string> without_takeover;
    };

    explicit Reconciler(Dependencies dependencies)
        : d_(dependencies),
          reservations_({static_cast<const NodeDependencies&>(dependencies), dependencies.node,
                         dependencies.media_server, dependencies.cutoffs, dependencies.reservations,
                         dependencies.lease}),
          viewers_({dependencies.node, dependencies.media_server, dependencies.viewers,
                    dependencies.tokens, dependencies.keys, dependencies.logger,
                    dependencies.settings}),
          helpers_(dependencies.settings, dependencies.logger,
                   [this](const MediaSource& source) { return d_.standing.address_of(source); }),
          configuration_(dependencies.media_server, dependencies.clock, dependencies.logger,
                         dependencies.node, dependencies.settings) {}

    void run_once();
    Status status() const;
    /// Returns the key to which a source belongs, as far as this is known without the storage:
    /// that of the last round that could read the streams, if the key has a priority, so that its
    /// path does not say which key it is; or that with which this program accepted it a moment ago.
    std::optional<StreamKeyId> key_of_source(const ConnectionId& source) const;
    /// Returns, after a round, the time until the next silent source becomes stale if it stays
    /// silent; very long if no source is silent. Only for the caller of `run_once`.
    std::chrono::milliseconds soonest_stale() const noexcept { return soonest_stale_; }

private:
    void run_round();
    // Reads the state of the media server; empty if it does not answer. Updates `status_`.
    std::optional<Round> poll();
    // This node's media server is that of another node, too: nothing is done here.
    void mark_twin(const std::string& other);
    bool mark_reachable(const MediaServerInfo& info);
    // `answers`: the first request of the poll was answered.
    void mark_unreachable(const Error& error, bool answers);
    bool may_still_start(ErrorCode error) const;
    // Acts on the sessions of a media server that does not answer.
    void act_on_unseen();
    void read_configuration(bool at_once);
    void look_before_removing();
    void measure(const Round& round, const Session& session);
    // `acts`: this program supervises the node.
    void match_relays(const Round& round, bool acts);
    void find_owners(Round& round);
    // Plans a round and carries the plan out. Returns the suspects for the next round.
    Suspects act_on(const Round& round);
    void displace_others(const Round& round);
    void note_keys_of_sources(const Round& round);
    void carry_out(const Action& action, Timestamp now);
    void carry_out(const Observe& action, Timestamp now);
    void carry_out(const EndStream& action, Timestamp now);
    void carry_out(const RemoveSource& action, Timestamp now);
    void carry_out(const ListSource& action, Timestamp now);
    // Also if another program supervises the node, because no other program knows of refusals that
    // are not stored yet.
    void remove_refused(const Round& round);
    void kick_unwritten(const MediaPath& path);
    void record_removal(const UnknownSource& source, std::string_view reason);

    Dependencies d_;
    ReservationCheck reservations_;
    ViewerCheck viewers_;
    HelperPublishers helpers_;
    NodeConfiguration configuration_;
    std::mutex running_;
    std::chrono::milliseconds soonest_stale_ = std::chrono::hours(1);
    bool is_tidy_ = false;   // leftovers of other programs were removed
    bool is_blind_ = false;  // the last round could not read the streams
    Suspects suspects_;
    std::size_t unknown_publishers_ = 0;  // in the last plan
    mutable std::mutex status_mutex_;
    Status status_;
    std::unordered_map<ConnectionId, StreamKeyId> keys_of_sources_;
    // When it was last seen that a key which has its shared path displaces no other one, and the
    // version that its session had then.
    struct Look {
        std::int64_t version = 0;
        Timestamp at{};
    };
    std::unordered_map<StreamKeyId, Look> looks_;
    std::optional<Timestamp> started_;                // start time of the media server
    std::optional<Figures::SteadyTime> last_answer_;  // or time of the first poll
    std::unordered_set<std::string> told_reasons_;    // logged since the last answer
};

}  // namespace rescuestream
