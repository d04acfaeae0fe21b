#include "orchestrator/cutoffs.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <span>

#include "orchestrator/counted_storage.hpp"
#include "orchestrator/cutoff_meter.hpp"
#include "orchestrator/noted_entries.hpp"
#include "orchestrator/poll_plan.hpp"
#include "rescuestream/logger.hpp"
#include "rescuestream/storage.hpp"
#include "rules/path.hpp"

namespace rescuestream {
namespace {

using std::chrono::milliseconds;

// MediaMTX needs 1 to 9 ms from the kick until it closes the path; the later pauses are for a busy
// server.
constexpr std::array<milliseconds, 3> kPauses{milliseconds(20), milliseconds(200),
                                              milliseconds(600)};

constexpr std::size_t kRemembered = 256;  // finished cut-offs

std::span<const ConnectionKind> kinds_of(Protocol protocol) {
    static constexpr std::array kRtmp{ConnectionKind::kRtmp, ConnectionKind::kRtmps};
    static constexpr std::array kRtsp{ConnectionKind::kRtsp, ConnectionKind::kRtsps};
    static constexpr std::array kSrt{ConnectionKind::kSrt};
    static constexpr std::array kWebRtc{ConnectionKind::kWebRtc};
    switch (protocol) {
        case Protocol::kRtmp:
            return kRtmp;
        case Protocol::kRtsp:
            return kRtsp;
        case Protocol::kSrt:
            return kSrt;
        case Protocol::kWebRtc:
            return kWebRtc;
        case Protocol::kHls:
        case Protocol::kMoq:
        case Protocol::kUnknown:
            return kAllConnectionKinds;
    }
    return kAllConnectionKinds;
}

bool means_absent(ErrorCode code) noexcept {
    return code == ErrorCode::kNotFound || code == ErrorCode::kUnsupported;
}

// A connection that has only been displaced had a right when it was accepted. Its removal does not
// delay that of one whose right has ended.
std::vector<const Cutoff*> in_order_of_urgency(const std::vector<Cutoff>& cutoffs) {
    std::vector<const Cutoff*> ordered;
    ordered.reserve(cutoffs.size());
    for (const auto& cutoff : cutoffs) ordered.push_back(&cutoff);
    std::stable_partition(ordered.begin(), ordered.end(), [](const Cutoff* cutoff) {
        return cutoff->cause.reason != EndReason::kTakenOver;
    });
    return ordered;
}

}  // namespace

CutoffReport Cutoffs::carry_out(const std::vector<Cutoff>& cutoffs) {
    CutoffReport report;
    if (cutoffs.empty()) return report;
    d_.meter.met(cutoffs);
    const auto deadline = d_.clock.steady_now() + d_.deadline;
    for (const Cutoff* each : in_order_of_urgency(cutoffs)) {
        const Cutoff& cutoff = *each;
        if (d_.clock.steady_now() > deadline) {
            ++report.pending;
            continue;
        }
        // For each cut-off, so that a long list does not delay the cut-offs of other callers.
        const std::lock_guard lock(working_);
        if (const Finished* const finished = find_finished(cutoff)) {
            if (finished->kicked) ++report.kicked;
            continue;
        }
        const Outcome outcome = carry_out_traced(cutoff, deadline);
        if (outcome == Outcome::kPending) {
            ++report.pending;
            continue;
        }
        const bool kicked = outcome == Outcome::kKicked;
        if (kicked) ++report.kicked;
        finished_.push_back({cutoff.stream_key_id, cutoff.connection, kicked});
        if (finished_.size() > kRemembered) finished_.pop_front();
    }
    return report;
}

// A turn of the node may be faster than the request that ordered the cut-off, or the request faster
// than the turn that has read it. The connection may also be cut off a second time, after another
// claim.
const Cutoffs::Finished* Cutoffs::find_finished(const Cutoff& cutoff) {
    const auto found =
        std::find_if(finished_.rbegin(), finished_.rend(), [&](const Finished& finished) {
            return finished.stream_key_id == cutoff.stream_key_id &&
                   finished.connection == cutoff.connection;
        });
    return found != finished_.rend() && is_done(cutoff) ? &*found : nullptr;
}

CutoffReport Cutoffs::remove(const std::function<bool(const MediaPath&)>& unwelcome,
                             const std::vector<Cutoff>& idle) {
    const auto deadline = d_.clock.steady_now() + d_.deadline;
    const std::lock_guard lock(working_);
    std::set<ConnectionId> met;
    for (const auto& cutoff : idle) {
        if (kick_connection(cutoff).value_or(false)) met.insert(cutoff.connection);
    }
    CutoffReport report;
    for (const auto wait : kPauses) {
        const auto paths = d_.media_server.list_paths();
        reachable_ = paths.has_value();
        report.pending = 0;
        if (!paths) {
            report.pending = 1;  // there may be a connection
            break;
        }
        for (const auto& path : *paths) {
            if (!unwelcome(path)) continue;
            met.insert(path.source->id);
            ++report.pending;
            kick_source(*path.source);
        }
        if (report.pending == 0 || d_.clock.steady_now() + wait > deadline) break;
        pause(wait);
    }
    if (reachable_) report.kicked = std::max(static_cast<int>(met.size()) - report.pending, 0);
    return report;
}

bool Cutoffs::is_done(const Cutoff& cutoff) {
    const auto pending = d_.storage.pending_cutoffs(cutoff.node);
    return pending && std::none_of(pending->begin(), pending->end(), [&](const Cutoff& other) {
               return other.stream_key_id == cutoff.stream_key_id &&
                      other.connection == cutoff.connection;
           });
}

// The span lasts from the order to the confirmation.
Cutoffs::Outcome Cutoffs::carry_out_traced(const Cutoff& cutoff,
                                           std::chrono::steady_clock::time_point deadline) {
    Span span = child_span_or_root(d_.tracer, "cut off");
    const SpanScope scope(span);
    const Outcome outcome = carry_out_one(cutoff, deadline);
    if (!span.records()) return outcome;
    span.begin_at(cutoff.requested_at);
    span.set("rescuestream.node", cutoff.node);
    span.set("rescuestream.protocol", to_string(cutoff.protocol));
    span.set("rescuestream.cutoff.reason", to_string(cutoff.cause.reason));
    span.set("rescuestream.stream_key.id", cutoff.stream_key_id.to_string());
    span.set("rescuestream.connection.id", cutoff.connection.value);
    switch (outcome) {
        case Outcome::kKicked:
            span.set("rescuestream.cutoff.outcome", "removed");
            break;
        case Outcome::kWasAbsent:
            span.set("rescuestream.cutoff.outcome", "was_absent");
            break;
        case Outcome::kPending:
            span.set("rescuestream.cutoff.outcome", "pending");
            span.fail("pending", "The connection is not verifiably gone yet; it is retried.");
            break;
    }
    return outcome;
}

Cutoffs::Outcome Cutoffs::carry_out_one(const Cutoff& cutoff,
                                        std::chrono::steady_clock::time_point deadline) {
    bool kicked = false;
    for (const auto wait : kPauses) {
        const Attempt outcome = attempt(cutoff, kicked);
        reachable_ = outcome != Attempt::kUnreachable;
        if (outcome == Attempt::kGone) {
            if (!finish(cutoff)) return Outcome::kPending;
            return kicked ? Outcome::kKicked : Outcome::kWasAbsent;
        }
        if (outcome == Attempt::kUnreachable || d_.clock.steady_now() + wait > deadline) break;
        pause(wait);
    }
    d_.logger.warning("connection not cut off yet",
                      {{"connection_id", cutoff.connection.value},
                       {"stream_key_id", cutoff.stream_key_id.to_string()},
                       {"media_server", d_.media_server.description()}});
    return Outcome::kPending;
}

bool Cutoffs::finish(const Cutoff& cutoff) {
    const Timestamp now = d_.clock.now();
    const auto totals = cutoff.stream_id ? d_.figures.totals_of(*cutoff.stream_id) : std::nullopt;
    const auto finished = d_.storage.finish_cutoff(cutoff, now, totals);
    if (!finished) return false;
    d_.meter.verified(cutoff, now);
    if (d_.noted != nullptr) d_.noted->note_cutoff(cutoff);
    d_.logger.info("connection cut off", {{"connection_id", cutoff.connection.value},
                                          {"stream_key_id", cutoff.stream_key_id.to_string()},
                                          {"reason", std::string(to_string(cutoff.cause.reason))}});
    if (*finished) d_.events.emit({EventType::kStreamEnded, now, **finished});
    return true;
}

Cutoffs::Attempt Cutoffs::attempt(const Cutoff& cutoff, bool& kicked) {
    const auto answer = kick_connection(cutoff);
    if (!answer) return Attempt::kUnreachable;
    kicked = kicked || *answer;
    const auto source = find_unwelcome_source(cutoff);
    if (!source) return Attempt::kUnreachable;
    if (!*source) return Attempt::kGone;
    // Its id differs if the auth request of an RTSP client contained another id.
    if ((*source)->id != cutoff.connection) kicked = kick_source(**source) || kicked;
    return Attempt::kStillThere;
}

std::optional<bool> Cutoffs::kick_connection(const Cutoff& cutoff) {
    for (const auto kind : kinds_of(cutoff.protocol)) {
        const auto connections = d_.media_server.list_connections(kind);
        if (!connections) {
            if (means_absent(connections.error().code)) continue;
            return std::nullopt;
        }
        const auto found = std::find_if(
            connections->begin(), connections->end(), [&](const MediaConnection& each) {
                return each.id == cutoff.connection || each.auth_id == cutoff.connection;
            });
        if (found == connections->end()) continue;
        const auto is_own = belongs_to(*found, cutoff);
        if (!is_own) return std::nullopt;
        if (!*is_own) {
            d_.logger.warning("connection is another key's and is not kicked",
                              {{"connection_id", cutoff.connection.value},
                               {"stream_key_id", cutoff.stream_key_id.to_string()},
                               {"path", redact_key_values(found->path)}});
            return false;
        }
        const auto kicked = d_.media_server.kick(kind, found->id);
        if (kicked) return true;
        if (!means_absent(kicked.error().code)) return std::nullopt;
    }
    return false;
}

// The id of a cut-off comes from an auth request, so it is compared with the media server's list. A
// connection that was accepted and is not ready yet has no path in that list.
std::optional<bool> Cutoffs::belongs_to(const MediaConnection& connection, const Cutoff& cutoff) {
    if (!connection.path.empty()) {
        return connection.state != ConnectionState::kReading && is_path_of(connection.path, cutoff);
    }
    const auto elsewhere = d_.storage.is_claimed_elsewhere(cutoff.connection, cutoff.stream_key_id);
    if (!elsewhere) return std::nullopt;
    return !*elsewhere;
}

bool Cutoffs::is_path_of(const std::string& path, const Cutoff& cutoff) {
    if (path == cutoff.playback_path) return true;
    const auto value = key_value_of_path(path);
    return !value.empty() && digest_key_value(value) == cutoff.digest;
}

Result<std::optional<MediaSource>> Cutoffs::find_unwelcome_source(const Cutoff& cutoff) {
    const auto paths = d_.media_server.list_paths();
    if (!paths) return paths.error();
    for (const auto& path : *paths) {
        if (!path.source || path.source->id.empty()) continue;
        if (is_path_of(path.name, cutoff) && !is_welcome(path, cutoff)) return path.source;
    }
    return std::optional<MediaSource>{};
}

bool Cutoffs::is_welcome(const MediaPath& path, const Cutoff& cutoff) {
    if (path.source->id == cutoff.connection) return false;
    const auto sessions = d_.sessions.at_path(path.name);
    if (!sessions) return false;
    const Timestamp now = d_.clock.now();
    return std::any_of(sessions->begin(), sessions->end(), [&](const Session& session) {
        if (!session.key.is_usable_at(now)) return false;
        const bool is_another = session.key.id != cutoff.stream_key_id;
        // The path may belong to another key by now.
        if (is_another && !session.key.policies.priority) return true;
        // One that shares the path has only its own source. Without a claim, a source of the key
        // itself is being removed.
        if (!is_another && (!session.claim || session.key.is_blocked_at(now))) return false;
        // The encoder may have reconnected after a stop, or an encoder may publish while the
        // cut-off is for a connection that only waited.
        return rules::is_source_of(session, source_at(path), now);
    });
}

bool Cutoffs::kick_source(const MediaSource& source) {
    return source.kind && !source.id.empty() &&
           d_.media_server.kick(*source.kind, source.id).has_value();
}

void Cutoffs::pause(milliseconds duration) {
    std::unique_lock lock(stop_mutex_);
    stop_changed_.wait_for(lock, duration, [this] { return stopping_; });
}

void Cutoffs::stop() {
    {
        const std::lock_guard lock(stop_mutex_);
        stopping_ = true;
    }
    stop_changed_.notify_all();
}

}  // namespace rescuestream
