#include "rules/cutoff.hpp"

#include <algorithm>
#include <string>

namespace rescuestream::rules {
namespace {

bool has_claim(const Session& session, const ConnectionId& connection) noexcept {
    return session.claim && session.claim->connection == connection;
}

Cutoff cutoff_of(const Session& session, const KeyValues& values, const ConnectionId& connection,
                 EndCause cause, Timestamp now) {
    Cutoff cutoff;
    cutoff.stream_key_id = session.key.id;
    cutoff.connection = connection;
    cutoff.playback_path = session.key.playback_path;
    // The value with which the connection publishes, because it may be the path.
    const bool by_previous = session.claim && session.claim->by_previous_value;
    cutoff.digest = by_previous ? values.previous.value_or(values.current) : values.current;
    cutoff.cause = cause;
    cutoff.requested_at = now;
    if (session.stream && session.stream->source_id == connection) {
        cutoff.stream_id = session.stream->id;
        cutoff.node = session.stream->node;
    }
    if (has_claim(session, connection)) {
        cutoff.node = session.claim->node;
        cutoff.protocol = session.claim->protocol;
    }
    return cutoff;
}

}  // namespace

std::vector<Cutoff> cutoffs_of(const Session& session, const KeyValues& values, EndCause cause,
                               Timestamp now) {
    std::vector<Cutoff> cutoffs;
    if (session.claim) {
        cutoffs.push_back(cutoff_of(session, values, session.claim->connection, cause, now));
    }
    const auto source = session.stream ? session.stream->source_id : std::nullopt;
    if (source && !has_claim(session, *source)) {
        cutoffs.push_back(cutoff_of(session, values, *source, cause, now));
    }
    return cutoffs;
}

// Migration 0010 contains the same rule as a trigger.
std::optional<Cutoff> cutoff_of_replaced(const Session& before, const KeyValues& values,
                                         const std::optional<Claim>& next) {
    const auto& held = before.claim;
    if (!held || held->live || (next && next->connection == held->connection)) return std::nullopt;
    const bool by_newcomer = next && !next->live;
    const EndCause cause = by_newcomer
                               ? EndCause{EndReason::kTakenOver, ObservedBy::kAuth}
                               : EndCause{EndReason::kNeverStarted, ObservedBy::kReconciler};
    const Timestamp at = by_newcomer ? next->claimed_at : held->claimed_at;
    Cutoff cutoff = cutoff_of(before, values, held->connection, cause, at);
    cutoff.stream_id.reset();
    return cutoff;
}

Stop stop_stream(const Session& session, const KeyValues& values, EndCause cause, Timestamp now) {
    const auto& source = session.stream->source_id;
    if (!source) return {};
    return {cutoff_of(session, values, *source, cause, now), has_claim(session, *source)};
}

std::optional<StreamEnd> finish_cutoff(const Session& session, const Cutoff& cutoff, Timestamp now,
                                       const std::optional<StreamTotals>& totals) {
    if (!session.stream || cutoff.stream_id != session.stream->id ||
        session.stream->source_id != cutoff.connection) {
        return std::nullopt;
    }
    StreamEnd end{*session.stream, {}};
    end.line = end_stream(end.stream, session.key.playback_path, cutoff.cause, now, now);
    if (totals) end.stream.totals = totals;
    return end;
}

StreamTransition end_stream(Stream& stream, const std::string& playback_path, EndCause cause,
                            Timestamp ended_at, Timestamp now) {
    stream.state = StreamState::kEnded;
    stream.ended_at = ended_at;
    stream.end_reason = cause.reason;
    stream.interrupted_at.reset();
    stream.observed_by = cause.decided_by;
    stream.path = playback_path;

    StreamTransition line;
    line.at = now;
    line.kind = TransitionKind::kEnded;
    line.source = cause.decided_by;
    line.generation = stream.generation;
    line.connection = stream.source_id;
    line.reason = std::string(to_string(cause.reason));
    return line;
}

bool blocks_after_end(const Stream& ended, std::optional<Timestamp> end_decided_at,
                      std::optional<Timestamp> block_until, Timestamp now) {
    if (!block_until || !ended.ended_at) return false;
    return std::max(*ended.ended_at, end_decided_at.value_or(*ended.ended_at)) >= now;
}

}  // namespace rescuestream::rules
