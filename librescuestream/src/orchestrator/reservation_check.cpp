#include "orchestrator/reservation_check.hpp"

#include <algorithm>
#include <utility>

#include "orchestrator/counted_storage.hpp"
#include "orchestrator/cutoffs.hpp"
#include "orchestrator/lease.hpp"
#include "orchestrator/reservations.hpp"
#include "orchestrator/session_runner.hpp"
#include "orchestrator/step_failure.hpp"
#include "rescuestream/media_server.hpp"
#include "rescuestream/settings.hpp"

namespace rescuestream {
namespace {

// An encoder that is accepted is usually live after this time; over RTMP it takes two seconds.
constexpr std::chrono::seconds kUsualStart{3};

}  // namespace

std::vector<Reservation> ReservationCheck::forget_live(const Round& round) {
    auto waiting = d_.reservations.all();
    std::erase_if(waiting, [&](const Reservation& each) {
        const bool is_live = round.publishers.contains(each.connection);
        if (is_live) d_.reservations.remove(each.connection);
        return is_live;
    });
    return waiting;
}

void ReservationCheck::check(const Round& round, const Suspects& before, Suspects& next) {
    const auto steady_now = d_.clock.steady_now();
    auto waiting = forget_live(round);
    std::erase_if(waiting, [&](const Reservation& each) {
        return steady_now - each.accepted_at < d_.settings.poll_interval;
    });
    if (waiting.empty()) return;
    const auto listed = list_connections(round, waiting);
    if (!listed) return;
    bool has_cut_off = false;
    for (const auto& each : waiting) {
        if (each.protocol == Protocol::kRtsp && !listed->knows_rtsp) continue;
        if (listed->live.contains(each.connection)) {
            d_.reservations.remove(each.connection);
        } else if (!listed->idle.contains(each.connection)) {
            release_if_lost(each, round.now, before, next);
        } else if (steady_now - each.accepted_at >= kUsualStart) {
            // Its right may have ended meanwhile, and the media server does not ask again when it
            // begins.
            has_cut_off |= observe(each, rules::TimePassed{}, round.now);
        }
    }
    if (!has_cut_off || !d_.lease.is_held()) return;
    const auto pending = d_.storage.pending_cutoffs(d_.node);
    if (pending) d_.cutoffs.carry_out(*pending);
}

void ReservationCheck::release_if_lost(const Reservation& reservation, Timestamp now,
                                       const Suspects& before, Suspects& next) {
    const Suspect suspect{Suspect::Kind::kIdleReservation, reservation.connection};
    next.insert(suspect);
    if (!before.contains(suspect)) return;
    d_.reservations.remove(reservation.connection);
    observe(reservation, rules::ReservationLost{reservation.connection}, now);
}

bool ReservationCheck::observe(const Reservation& reservation, rules::What what, Timestamp now) {
    const auto observed = d_.sessions.observe(reservation.stream_key_id,
                                              {std::move(what), ObservedBy::kReconciler, now});
    if (!observed && observed.error().code != ErrorCode::kNotFound) {
        log_step_failure(d_.logger, "reservation cannot be changed", observed.error(),
                         {"connection_id", reservation.connection.value});
    }
    return observed && *observed;
}

std::optional<ReservationCheck::Listed> ReservationCheck::list_connections(
    const Round& round, const std::vector<Reservation>& waiting) {
    Listed listed;
    for (const auto kind : kAllConnectionKinds) {
        const bool is_needed = std::any_of(
            waiting.begin(), waiting.end(),
            [&](const Reservation& each) { return each.protocol == protocol_of(kind); });
        if (!is_needed) continue;
        if (protocol_of(kind) == Protocol::kRtsp) {
            if (!list_rtsp_clients(round, kind, listed)) return std::nullopt;
            continue;
        }
        const auto connections = d_.media_server.list_connections(kind);
        if (!connections && connections.error().code != ErrorCode::kUnsupported) {
            return std::nullopt;
        }
        if (!connections) continue;
        for (const auto& connection : *connections) {
            auto& ids = round.publishers.contains(connection.id) ? listed.live : listed.idle;
            ids.insert(connection.id);
        }
    }
    return listed;
}

// Every program does this for what it accepted, also one that does not supervise the node. So it
// must not read the list of RTSP sessions, which may be read beside no kick.
bool ReservationCheck::list_rtsp_clients(const Round& round, ConnectionKind kind, Listed& listed) {
    const auto clients = d_.media_server.list_rtsp_clients(kind);
    if (!clients) return clients.error().code == ErrorCode::kUnsupported;
    listed.knows_rtsp = true;
    for (const auto& client : *clients) {
        auto& ids = round.publishers.contains(client.session) ? listed.live : listed.idle;
        ids.insert(client.connection);
        if (!client.session.empty()) ids.insert(client.session);
    }
    return true;
}

}  // namespace rescuestream
