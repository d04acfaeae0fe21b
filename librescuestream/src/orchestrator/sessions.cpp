#include "orchestrator/sessions.hpp"

#include <utility>

namespace rescuestream::sessions {
namespace {

bool is_usable(const StreamKey& key, Timestamp at) noexcept {
    return !key.disabled && key.status_at(at) == StreamKeyStatus::kActive;
}

bool delivers(const Stream& stream, const ConnectionId& connection) noexcept {
    return stream.source_id == connection;
}

// MediaMTX before v1.19.3 asks about an RTSP publisher with the id of its connection and reports it
// live with the id of its session, which nobody could know at the time of the question.
bool may_be_same_rtsp_client(const Claim& claim, const SourceAvailable& source) noexcept {
    return !claim.live && claim.protocol == Protocol::kRtsp &&
           (source.source_type == "rtspSession" || source.source_type == "rtspsSession");
}

bool is_void(const Claim& claim, Timestamp at, const Rules& rules) noexcept {
    return !claim.live && at - claim.claimed_at > rules.reservation_timeout;
}

Stream ended(const Session& session, const Observation& observation, EndReason reason,
             Timestamp when) {
    Stream stream = *session.stream;
    stream.state = StreamState::kEnded;
    stream.ended_at = when;
    stream.end_reason = reason;
    stream.interrupted_at.reset();
    stream.observed_by = observation.observed_by;
    stream.path = session.key.playback_path;  // an exposed key value must not stay in the record
    return stream;
}

Transition on(const SourceAvailable& source, const Session& session, const Observation& observation,
              StreamId new_stream_id, const Rules&) {
    if (!session.claim || !is_usable(session.key, observation.at)) return {};
    if (session.claim->path_is_secret != source.path_is_secret) return {};
    Claim claim = *session.claim;
    const ConnectionId connection =
        source.connection.empty() ? claim.connection : source.connection;
    if (claim.connection != connection) {
        if (!may_be_same_rtsp_client(claim, source)) return {};
        claim.connection = connection;
    }
    claim.live = true;

    Transition transition;
    if (claim != *session.claim) {
        transition.set_claim = true;
        transition.claim = claim;
    }
    if (!session.stream) {
        Stream stream;
        stream.id = new_stream_id;
        stream.stream_key_id = session.key.id;
        stream.broadcaster_id = session.key.broadcaster_id;
        stream.node = claim.node;
        stream.started_at = observation.at;
        transition.stream = std::move(stream);
        transition.event = EventType::kStreamStarted;
    } else if (!delivers(*session.stream, connection)) {
        transition.stream = session.stream;
        ++transition.stream->generation;
        transition.event = EventType::kStreamResumed;
    } else if (session.stream->state == StreamState::kReconnecting) {
        transition.stream = session.stream;
        transition.event = EventType::kStreamResumed;
    } else {
        return transition;
    }
    Stream& stream = *transition.stream;
    stream.state = StreamState::kLive;
    stream.node = claim.node;
    stream.path = source.path;
    stream.interrupted_at.reset();
    stream.source_id = connection;
    if (source.source_type) stream.source_type = source.source_type;
    stream.observed_by = observation.observed_by;
    return transition;
}

Transition on(const SourceUnavailable& source, const Session& session,
              const Observation& observation, StreamId, const Rules& rules) {
    Transition transition;
    const bool holds_claim = session.claim && session.claim->connection == source.connection;
    if (holds_claim) transition.set_claim = true;  // released
    if (!session.stream || !delivers(*session.stream, source.connection)) return transition;

    if (holds_claim) {
        const bool by_poll = observation.observed_by == ObservedBy::kReconciler;
        transition.stream =
            ended(session, observation, by_poll ? EndReason::kLost : EndReason::kClientDisconnected,
                  observation.at);
        transition.event = EventType::kStreamEnded;
        return transition;
    }
    // Without a claim the stream is being cut off: whoever does that ends it, with the right
    // reason.
    if (!session.claim) return {};
    // Another connection was accepted and takes the stream over in a moment.
    if (!is_void(*session.claim, observation.at, rules)) {
        if (session.stream->state != StreamState::kLive) return {};
        transition.stream = session.stream;
        transition.stream->state = StreamState::kReconnecting;
        transition.stream->interrupted_at = observation.at;
        transition.stream->observed_by = observation.observed_by;
        transition.event = EventType::kStreamInterrupted;
        return transition;
    }
    transition.set_claim = true;
    transition.stream = ended(session, observation, EndReason::kClientDisconnected, observation.at);
    transition.event = EventType::kStreamEnded;
    return transition;
}

Transition on(TimePassed, const Session& session, const Observation& observation, StreamId,
              const Rules& rules) {
    if (!session.stream || session.stream->state != StreamState::kReconnecting) return {};
    if (session.claim && !is_void(*session.claim, observation.at, rules)) return {};
    Transition transition;
    transition.set_claim = session.claim.has_value();
    transition.stream = ended(session, observation, EndReason::kReconnectTimeout,
                              session.stream->interrupted_at.value_or(observation.at));
    transition.event = EventType::kStreamEnded;
    return transition;
}

}  // namespace

Transition apply(const Session& session, const Observation& observation, StreamId new_stream_id,
                 const Rules& rules) {
    return std::visit(
        [&](const auto& what) { return on(what, session, observation, new_stream_id, rules); },
        observation.what);
}

}  // namespace rescuestream::sessions
