#include "rules/session.hpp"

#include <utility>

#include "rules/claim.hpp"
#include "rules/cutoff.hpp"
#include "rules/publisher.hpp"

namespace rescuestream::rules {
namespace {

using std::chrono::duration_cast;
using std::chrono::milliseconds;

bool delivers(const Stream& stream, const ConnectionId& connection) noexcept {
    return stream.source_id == connection;
}

// The auth request of an RTSP publisher contained the id of its connection, and the media server
// lists it with the id of its session, which was not known at the time of the request.
bool may_be_same_rtsp_client(const Claim& claim, const SourceAvailable& source) noexcept {
    return source.id_may_differ && !claim.live && claim.protocol == Protocol::kRtsp &&
           source.protocol == Protocol::kRtsp;
}

// Returns whether the connection of the session's claim may still begin to publish.
bool has_right(const Session& session, Timestamp now) noexcept {
    const StreamKey& key = session.key;
    const Claim& claim = *session.claim;
    if (!key.is_usable_at(now) || key.is_blocked_at(now)) return false;
    if (claim.by_previous_value && key.previous_value_expires_at &&
        *key.previous_value_expires_at <= now) {
        return false;
    }
    return !end_of_publisher(key.policies, claim);
}

/// The state of one call of `apply`.
class Step {
public:
    Step(const Session& session, const Observation& observation, StreamId new_stream_id,
         const SessionSettings& settings)
        : session_(session),
          observation_(observation),
          new_id_(new_stream_id),
          settings_(settings) {}

    Transition on(const SourceAvailable& source) {
        if (!is_expected(session_, source, at())) return {};
        Claim claim = *session_.claim;
        if (!source.connection.empty()) claim.connection = source.connection;
        if (session_.pending_end) return end_before(claim.connection);
        claim.live = true;
        if (claim != *session_.claim) set_claim(claim);
        go_live(claim, source);
        return std::move(result_);
    }

    Transition on(const SourceDelivers& delivering) {
        if (!holds_claim(delivering.source.connection) || !session_.claim->stalled_since) return {};
        if (!session_.key.is_usable_at(at())) return {};
        Claim claim = *session_.claim;
        claim.stalled_since.reset();
        set_claim(claim);
        go_live(claim, delivering.source);
        return std::move(result_);
    }

    Transition on(const SourceAdopted& adopted) {
        if (session_.claim || !session_.key.is_usable_at(at())) return {};
        if (session_.key.is_blocked_at(at())) return {};
        // A live stream without a claim is being cut off.
        if (session_.stream && session_.stream->state == StreamState::kLive) return {};
        if (session_.pending_end) return end_before(adopted.source.connection);
        Claim claim;
        claim.connection = adopted.source.connection;
        claim.node = adopted.node;
        claim.protocol = adopted.source.protocol;
        claim.path_is_secret = adopted.source.path_is_secret;
        claim.claimed_at = at();
        claim.live = true;
        set_claim(claim);
        go_live(claim, adopted.source, Entry::kAdopted);
        return std::move(result_);
    }

    Transition on(const SourceStalled& stalled) {
        if (!holds_claim(stalled.connection) || !session_.claim->live) return {};
        if (!session_.claim->stalled_since) stall(stalled.since);
        if (session_.stream && session_.stream->state == StreamState::kLive &&
            delivers(*session_.stream, stalled.connection)) {
            interrupt(stalled.since, "stalled");
        }
        return std::move(result_);
    }

    Transition on(const NodeUnseen& unseen) {
        const auto& claim = session_.claim;
        if (!claim || !claim->live || claim->stalled_since || claim->node != unseen.node) return {};
        stall(unseen.since);
        return std::move(result_);
    }

    Transition on(const SourceUnavailable& source) {
        if (holds_claim(source.connection)) set_claim(std::nullopt);
        if (!session_.stream || !delivers(*session_.stream, source.connection)) {
            return std::move(result_);
        }
        // A live stream without a claim is being cut off: the cut-off ends it with the right
        // reason. A reconnecting stream has lost this source before.
        if (!session_.claim) return {};
        const bool newcomer = !holds_claim(source.connection) && !is_void(*session_.claim);
        if (window() == milliseconds(0) && !newcomer) {
            if (!result_.set_claim) drop_claim();
            const bool by_poll = observation_.observed_by == ObservedBy::kReconciler;
            end(by_poll ? EndReason::kLost : EndReason::kClientDisconnected, at());
        } else if (session_.stream->state == StreamState::kLive) {
            interrupt(at(), "source_gone");
        }
        return std::move(result_);
    }

    Transition on(const ReservationLost& lost) {
        if (!holds_claim(lost.connection) || session_.claim->live) return {};
        give_claim_back();
        return std::move(result_);
    }

    Transition on(const NodeLost& lost) {
        if (!session_.stream) return {};
        // The claim becomes that of a silent source. A live claim without a stream, which no poll
        // checks, would block the key forever.
        const auto& claim = session_.claim;
        if (claim && claim->live && !claim->stalled_since) stall(lost.since);
        end(EndReason::kNodeLost, lost.since);
        return std::move(result_);
    }

    Transition on(TimePassed) {
        const bool reserved = session_.claim && !session_.claim->live;
        const bool may_begin = reserved && has_right(session_, at());
        const auto& stream = session_.stream;
        if (may_begin && (!stream || !is_void(*session_.claim))) return {};
        if (!stream || stream->state == StreamState::kLive) {
            if (reserved) cut_off_reservation();
            return std::move(result_);
        }
        const Timestamp since = stream->interrupted_at.value_or(at());
        const bool is_over = at() - since >= window();
        if (reserved && (is_over || !may_begin)) drop_claim();
        if (is_over) end(EndReason::kReconnectTimeout, since);
        return std::move(result_);
    }

private:
    enum class Entry { kAccepted, kAdopted };

    Timestamp at() const noexcept { return observation_.at; }

    milliseconds window() const noexcept {
        return session_.key.policies.reconnect_window.value_or(settings_.reconnect_window);
    }

    bool holds_claim(const ConnectionId& connection) const noexcept {
        return session_.claim && session_.claim->connection == connection;
    }

    bool is_void(const Claim& claim) const noexcept {
        return rules::is_void(claim, at(), settings_.reservation_timeout);
    }

    void set_claim(std::optional<Claim> claim) {
        result_.set_claim = true;
        result_.claim = std::move(claim);
    }

    void stall(Timestamp since) {
        Claim claim = *session_.claim;
        claim.stalled_since = since;
        set_claim(std::move(claim));
    }

    // The connection that should have taken the stream over has not appeared, so the present source
    // keeps the key.
    void give_claim_back() {
        const auto& stream = session_.stream;
        const bool has_source = stream && stream->state == StreamState::kLive && stream->source_id;
        if (!has_source || session_.pending_end) {
            set_claim(std::nullopt);
            return;
        }
        Claim claim = *session_.claim;
        claim.connection = *stream->source_id;
        claim.live = true;
        set_claim(std::move(claim));
    }

    void cut_off_reservation() {
        give_claim_back();
        result_.cuts_off_replaced = true;
    }

    void drop_claim() {
        result_.cuts_off_replaced = !session_.claim->live;
        set_claim(std::nullopt);
    }

    void add_line(TransitionKind kind, std::string reason = {}) {
        StreamTransition line;
        line.at = at();
        line.kind = kind;
        line.source = observation_.observed_by;
        line.generation = result_.stream->generation;
        line.connection = result_.stream->source_id;
        line.reason = std::move(reason);
        result_.lines.push_back(std::move(line));
    }

    void add_accepted_line(const Claim& claim) {
        add_line(TransitionKind::kAccepted);
        result_.lines.back().at = claim.claimed_at;
        result_.lines.back().source = ObservedBy::kAuth;
    }

    void go_live(const Claim& claim, const SourceAvailable& source, Entry how = Entry::kAccepted) {
        const auto& before = session_.stream;
        const bool another = !before || !delivers(*before, claim.connection);
        if (!another && before->state == StreamState::kLive) return;  // no change

        Stream stream = before ? *before : begin();
        std::optional<milliseconds> gap;
        if (before && another) ++stream.generation;
        if (before && stream.interrupted_at) {
            gap = duration_cast<milliseconds>(at() - *stream.interrupted_at);
            if (*gap < milliseconds(0)) gap = milliseconds(0);  // the clock was set back
            ++stream.interruptions;
            stream.interrupted_for += *gap;
        }
        stream.state = StreamState::kLive;
        stream.node = claim.node;
        const bool is_shown = !source.path_is_secret || settings_.show_secret_paths;
        stream.path = is_shown ? source.path : session_.key.playback_path;
        stream.interrupted_at.reset();
        stream.source_id = claim.connection;
        if (source.source_type) stream.source_type = source.source_type;
        stream.observed_by = observation_.observed_by;
        result_.stream = std::move(stream);
        result_.event = before ? EventType::kStreamResumed : EventType::kStreamStarted;
        if (another && how == Entry::kAccepted) add_accepted_line(claim);
        add_line(before ? TransitionKind::kResumed : TransitionKind::kStarted);
        result_.lines.back().gap = gap;
    }

    Stream begin() const {
        Stream stream;
        stream.id = new_id_;
        stream.stream_key_id = session_.key.id;
        stream.broadcaster_id = session_.key.broadcaster_id;
        stream.started_at = at();
        stream.incident_id = session_.key.incident_id;
        return stream;
    }

    void interrupt(Timestamp since, std::string reason) {
        result_.stream = session_.stream;
        Stream& stream = *result_.stream;
        stream.state = StreamState::kReconnecting;
        stream.interrupted_at = since;
        stream.observed_by = observation_.observed_by;
        result_.event = EventType::kStreamInterrupted;
        add_line(TransitionKind::kInterrupted, std::move(reason));
    }

    // A pending cut-off was decided before anything that is observed now.
    void end(EndReason reason, Timestamp when) {
        const EndCause cause =
            session_.pending_end.value_or(EndCause{reason, observation_.observed_by});
        result_.stream = session_.stream;
        result_.event = EventType::kStreamEnded;
        result_.lines.push_back(
            end_stream(*result_.stream, session_.key.playback_path, cause, when, at()));
    }

    // The stream is being cut off. `newcomer` does not continue it, and begins a new one.
    Transition end_before(const ConnectionId& newcomer) {
        if (delivers(*session_.stream, newcomer)) return {};
        end(session_.pending_end->reason, at());
        result_.is_to_be_repeated = true;
        return std::move(result_);
    }

    const Session& session_;
    const Observation& observation_;
    const StreamId new_id_;
    const SessionSettings& settings_;
    Transition result_;
};

}  // namespace

std::string_view to_string(Situation situation) noexcept {
    switch (situation) {
        case Situation::kIdle:
            return "idle";
        case Situation::kAccepted:
            return "accepted";
        case Situation::kOnAir:
            return "on air";
        case Situation::kSilent:
            return "silent";
        case Situation::kSilentAfterWindow:
            return "silent after the window";
        case Situation::kNodeUnseen:
            return "node unseen";
        case Situation::kReconnecting:
            return "reconnecting";
        case Situation::kReconnectingAndAccepted:
            return "reconnecting and accepted";
        case Situation::kBeingTakenOver:
            return "being taken over";
        case Situation::kBeingCutOff:
            return "being cut off";
    }
    return "unknown";
}

bool is_expected(const Session& session, const SourceAvailable& source, Timestamp now) noexcept {
    const auto& claim = session.claim;
    if (!claim || !session.key.is_usable_at(now) || session.key.is_blocked_at(now)) return false;
    if (claim->path_is_secret != source.path_is_secret) return false;
    // A silent source is still connected, and only new bytes make it live again.
    if (claim->stalled_since) return false;
    return source.connection.empty() || source.connection == claim->connection ||
           may_be_same_rtsp_client(*claim, source);
}

std::optional<Situation> situation_of(const Session& session) noexcept {
    const auto& claim = session.claim;
    const bool has_stream = session.stream.has_value();
    const bool is_live = has_stream && session.stream->state == StreamState::kLive;
    if (!claim) {
        if (!has_stream) return Situation::kIdle;
        return is_live ? Situation::kBeingCutOff : Situation::kReconnecting;
    }
    if (!claim->live) {
        if (!has_stream) return Situation::kAccepted;
        return is_live ? Situation::kBeingTakenOver : Situation::kReconnectingAndAccepted;
    }
    if (!claim->stalled_since) {
        if (is_live) return Situation::kOnAir;
        return std::nullopt;
    }
    if (!has_stream) return Situation::kSilentAfterWindow;
    return is_live ? Situation::kNodeUnseen : Situation::kSilent;
}

Transition apply(const Session& session, const Observation& observation, StreamId new_stream_id,
                 const SessionSettings& settings) {
    Step step(session, observation, new_stream_id, settings);
    return std::visit([&](const auto& what) { return step.on(what); }, observation.what);
}

}  // namespace rescuestream::rules
