#pragma once

#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

#include "orchestrator/node_dependencies.hpp"
#include "orchestrator/poll_plan.hpp"
#include "rules/session.hpp"

namespace rescuestream {

class Cutoffs;
class Lease;
class MediaServer;
class Reservations;
struct Reservation;

/// Checks the connections that this program has accepted at a node and that do not publish yet. A
/// reservation ends when its connection is gone, or when its key has lost its right.
///
/// Thread-safety: none. Ownership: the references must outlive it.
class ReservationCheck {
public:
    struct Dependencies : NodeDependencies {
        const std::string& node;
        MediaServer& media_server;
        Cutoffs& cutoffs;
        Reservations& reservations;
        Lease& lease;
    };

    explicit ReservationCheck(Dependencies dependencies) : d_(dependencies) {}

    /// `before` and `next` are the suspects of the previous round and of this one: a connection
    /// must be missing in two rounds.
    void check(const Round& round, const Suspects& before, Suspects& next);
    /// Only forgets the reservations of connections that publish by now, and returns the others.
    std::vector<Reservation> forget_live(const Round& round);

private:
    /// The connections of a media server, by the ids of their auth requests too.
    struct Listed {
        std::unordered_set<ConnectionId> live;  // sources of paths
        std::unordered_set<ConnectionId> idle;
        bool knows_rtsp = false;  // a list of RTSP clients was read
    };
    // Reads the lists that may contain `waiting`. Empty: the media server does not answer.
    std::optional<Listed> list_connections(const Round& round,
                                           const std::vector<Reservation>& waiting);
    // Adds RTSP clients to `listed`. Returns false if the media server does not answer.
    bool list_rtsp_clients(const Round& round, ConnectionKind kind, Listed& listed);
    void release_if_lost(const Reservation& reservation, Timestamp now, const Suspects& before,
                         Suspects& next);
    // Returns true if it changed something.
    bool observe(const Reservation& reservation, rules::What what, Timestamp now);

    Dependencies d_;
};

}  // namespace rescuestream
