#include "orchestrator/reconciler.hpp"

#include <algorithm>
#include <unordered_set>
#include <utility>

#include "orchestrator/audit.hpp"
#include "rescuestream/logger.hpp"
#include "rescuestream/settings.hpp"
#include "rescuestream/storage.hpp"

namespace rescuestream {
namespace {

using std::chrono::duration_cast;
using std::chrono::microseconds;
using std::chrono::milliseconds;

bool is_publisher(const MediaPath& path) noexcept {
    return path.ready && path.source && !path.source->id.empty();
}

rules::SourceAvailable source_at(const MediaPath& path) {
    return {path.source->id,
            path.source->type,
            path.name,
            looks_like_key_value(path.name),
            protocol_of(*path.source),
            path.source->id_may_differ};
}

// A source that is still there, though silent, is the claim's.
bool has_source(const Session& session) noexcept {
    if (!session.stream || !session.stream->source_id) return false;
    return session.stream->state == StreamState::kLive ||
           (session.claim && session.claim->connection == *session.stream->source_id);
}

std::optional<EndReason> outrun_limit(const Session& session, Timestamp now) noexcept {
    const StreamKey& key = session.key;
    if (key.status_at(now) == StreamKeyStatus::kExpired) return EndReason::kKeyExpired;
    if (session.claim && session.claim->by_previous_value && key.previous_value_expires_at &&
        *key.previous_value_expires_at <= now) {
        return EndReason::kKeyRotated;
    }
    const auto& longest = key.policies.max_session_duration;
    if (longest && now - session.stream->started_at >= *longest) return EndReason::kMaxDuration;
    return std::nullopt;
}

}  // namespace

void Reconciler::run_once() {
    const std::lock_guard lock(running_);
    soonest_stale_ = std::chrono::hours(1);
    auto round = look();
    const bool in_charge = d_.lease.hold();
    if (round) remove_refused(*round);
    if (!round) {
        if (in_charge) give_up_streams();
        return;
    }
    d_.standing.refresh();
    d_.standing.look(round->publishers);
    if (!in_charge) is_tidy_ = false;
    if (in_charge) {
        if (!is_tidy_) is_tidy_ = d_.media_server.remove_leftovers().has_value();
        const auto pending = d_.storage.pending_cutoffs(d_.node);
        if (pending) d_.cutoffs.carry_out(*pending);
    }
    auto sessions = d_.storage.open_sessions(d_.node);
    const bool is_whole = sessions.has_value();
    if (is_whole) {
        round->sessions = *std::move(sessions);
        for (const auto& session : round->sessions) {
            // What was seen before a long standstill is no reason for anything any more.
            if (d_.lease.is_held()) {
                compare_session(*round, session);
            } else {
                measure_session(*round, session);
            }
        }
        d_.figures.keep_only(round->sessions);
        if (d_.lease.is_held()) {
            compare_sources(*round);
            d_.standing.finish_round();
            match_relays(*round);
        }
        release_lost_reservations(*round);
        suspects_ = std::exchange(next_suspects_, {});
    } else {
        d_.logger.warning("streams cannot be read", {{"error", sessions.error().message}});
    }
    const std::lock_guard status_lock(status_mutex_);
    status_.first_round_done = status_.first_round_done || is_whole;
}

Reconciler::Status Reconciler::status() const {
    const std::lock_guard lock(status_mutex_);
    return status_;
}

std::optional<Reconciler::Round> Reconciler::look() {
    if (!last_answer_) last_answer_ = d_.clock.steady_now();
    const auto info = d_.media_server.info();
    auto list = info ? d_.media_server.list_paths() : Result<std::vector<MediaPath>>(info.error());
    if (!list) {
        mark_unreachable(list.error(), info.has_value());
        return std::nullopt;
    }
    Round round;
    round.restarted = mark_reachable(*info);
    round.now = d_.clock.now();
    last_answer_ = d_.clock.steady_now();
    d_.figures.look(*list, *last_answer_);
    round.paths.reserve(list->size());
    for (auto& path : *list) {
        std::string name = path.name;
        round.paths.emplace(std::move(name), std::move(path));
    }
    for (const auto& [name, path] : round.paths) {
        if (is_publisher(path)) round.publishers.emplace(path.source->id, &path);
    }
    return round;
}

void Reconciler::mark_unreachable(const Error& error, bool answers) {
    const bool answers_badly =
        answers || error.code == ErrorCode::kUnauthorized || error.code == ErrorCode::kInternal;
    const std::lock_guard lock(status_mutex_);
    status_.state = answers_badly ? NodeState::kDegraded : NodeState::kUnreachable;
    status_.reason = error.message;
    if (status_.reachable || !status_.first_round_done) {
        d_.logger.warning(
            "media server does not answer",
            {{"media_server", d_.media_server.description()}, {"error", error.message}});
    }
    status_.reachable = false;
    status_.first_round_done = true;  // looked at: that it is down is an answer too
}

bool Reconciler::mark_reachable(const MediaServerInfo& info) {
    const std::lock_guard lock(status_mutex_);
    const bool restarted = started_ && started_ != info.started;
    if (restarted) {
        d_.logger.warning(
            "media server was restarted",
            {{"media_server", d_.media_server.description()}, {"version", info.version}});
    } else if (!status_.reachable) {
        d_.logger.info("media server answers", {{"media_server", d_.media_server.description()},
                                                {"version", info.version}});
    }
    started_ = info.started;
    status_.reachable = true;
    status_.state = NodeState::kUp;
    status_.reason.clear();
    status_.version = info.version;
    status_.seen_at = d_.clock.now();
    return restarted;
}

void Reconciler::give_up_streams() {
    const auto unseen = d_.clock.steady_now() - *last_answer_;
    if (unseen < std::min(d_.settings.stale_after, d_.settings.node_lost_after)) return;
    const auto sessions = d_.storage.open_sessions(d_.node);
    if (!sessions) return;
    const Timestamp now = d_.clock.now();
    const Timestamp since = now - duration_cast<microseconds>(unseen);
    for (const auto& session : *sessions) {
        if (unseen >= d_.settings.node_lost_after) {
            observe(session, rules::NodeLost{since}, now);
        } else if (unseen >= stale_after(session.key)) {
            observe(session, rules::NodeUnseen{d_.node, since}, now);
        }
    }
}

void Reconciler::measure_session(const Round& round, const Session& session) {
    if (const auto* path = path_of(round, session)) measure(round, session, *path);
}

const MediaPath* Reconciler::path_of(const Round& round, const Session& session) {
    if (!session.stream->source_id) return nullptr;
    const auto found = round.publishers.find(*session.stream->source_id);
    return found == round.publishers.end() ? nullptr : found->second;
}

void Reconciler::measure(const Round& round, const Session& session, const MediaPath& path) {
    if (!d_.relays.enabled() || !looks_like_key_value(path.name)) {
        d_.figures.measure(session, path, round.now);
        return;
    }
    // Who watches does so at the public path; the reader of the secret one is the relay.
    MediaPath seen = path;
    const auto relay = round.paths.find(session.key.playback_path);
    seen.readers = relay == round.paths.end() ? std::vector<MediaReader>{} : relay->second.readers;
    d_.figures.measure(session, seen, round.now);
}

void Reconciler::match_relays(const Round& round) {
    if (!d_.relays.enabled()) return;
    Relays::Wanted wanted;
    for (const auto& session : round.sessions) {
        const auto* path = path_of(round, session);
        if (path != nullptr && session.claim && looks_like_key_value(path->name)) {
            const auto shown = round.paths.find(session.key.playback_path);
            const bool is_ready = shown != round.paths.end() && shown->second.ready;
            wanted.emplace(session.key.playback_path, Relays::Relay{path->name, is_ready});
        }
    }
    d_.relays.match(wanted);
}

milliseconds Reconciler::stale_after(const StreamKey& key) const {
    return key.policies.stale_after ? milliseconds(*key.policies.stale_after)
                                    : d_.settings.stale_after;
}

void Reconciler::compare_session(const Round& round, const Session& session) {
    if (enforce_limits(round, session)) return;
    const Stream& stream = *session.stream;
    if (const auto* path = path_of(round, session)) {
        compare_deliveries(round, session, *path);
        return;
    }
    if (has_source(session)) {
        // A stream that began after the list was made is not in it: one absence proves nothing.
        if (!seen_twice("absent " + stream.source_id->value) && !round.restarted) return;
        observe(session, rules::SourceUnavailable{*stream.source_id}, round.now);
        return;
    }
    observe(session, rules::TimePassed{}, round.now);
}

bool Reconciler::enforce_limits(const Round& round, const Session& session) {
    // Live and without a claim: it is being cut off already.
    if (!session.claim && session.stream->state == StreamState::kLive) return false;
    const auto reason = outrun_limit(session, round.now);
    if (!reason) return false;
    const auto audit = make_audit_entry(
        {"stop",
         "stream",
         session.stream->id.to_string(),
         {{"path", session.key.playback_path}, {"reason", to_string(*reason)}}},
        Caller{"rescuestream", "INTERNAL", "/reconciler", "", std::nullopt}, round.now, d_.random);
    const auto cutoffs = d_.storage.begin_stop(
        session.stream->id, {*reason, ObservedBy::kReconciler}, std::nullopt, round.now, audit);
    if (!cutoffs) {
        warn("a limit cannot be enforced", cutoffs.error(),
             {"stream_id", session.stream->id.to_string()});
        // Nobody keeps a right longer because its end cannot be written.
        const auto* path = path_of(round, session);
        const bool is_full = cutoffs.error().code == ErrorCode::kStorageFull;
        if (is_full && path != nullptr) kick_unwritten(*path);
        return is_full && path != nullptr;
    }
    d_.cutoffs.carry_out(*cutoffs);
    return true;
}

void Reconciler::compare_deliveries(const Round& round, const Session& session,
                                    const MediaPath& path) {
    measure(round, session, path);
    const auto delivery = d_.figures.delivery(path.source->id);
    const milliseconds stale = stale_after(session.key);
    const bool stalled = session.claim && session.claim->stalled_since;
    if (delivery && stalled && delivery->grew) {
        observe(session, rules::SourceDelivers{source_at(path)}, round.now);
    } else if (delivery && delivery->silence >= stale &&
               (!stalled || session.stream->state == StreamState::kLive)) {
        observe(session,
                rules::SourceStalled{path.source->id, round.now - microseconds(delivery->silence)},
                round.now);
    } else {
        if (delivery && !stalled && !delivery->grew) {
            soonest_stale_ = std::min(soonest_stale_, stale - delivery->silence);
        }
        observe(session, rules::TimePassed{}, round.now);
    }
}

void Reconciler::compare_sources(const Round& round) {
    std::unordered_set<ConnectionId> known;
    for (const auto& session : round.sessions) {
        if (has_source(session)) known.insert(*session.stream->source_id);
    }
    for (const auto& [name, path] : round.paths) {
        if (is_publisher(path) && !known.contains(path.source->id)) meet_source(round, path);
    }
}

void Reconciler::meet_source(const Round& round, const MediaPath& path) {
    const auto found = d_.sessions.find_by_path(path.name);
    if (!found) {
        if (found.error().code != ErrorCode::kNotFound) return;
        meet_unknown_source(round, path, std::nullopt);
        return;
    }
    const Session& session = *found;
    if (d_.outage.protects(path.source->id)) return;
    if (!session.key.is_usable_at(round.now)) {
        remove(path, "its key may not publish");
        return;
    }
    const bool is_owner = session.claim && session.claim->connection == path.source->id;
    if (is_owner && session.claim->stalled_since) {
        const auto delivery = d_.figures.delivery(path.source->id);
        if (!delivery || !delivery->grew) return;
        observe(session, rules::SourceDelivers{source_at(path)}, round.now);
        return;
    }
    const auto transition = rules::apply(
        session, {source_at(path), ObservedBy::kReconciler, round.now}, StreamId{}, {});
    if (is_owner || transition.changes_anything()) {
        observe(session, source_at(path), round.now);
        return;
    }
    meet_unknown_source(round, path, session);
}

void Reconciler::meet_unknown_source(const Round& round, const MediaPath& path,
                                     const std::optional<Session>& session) {
    if (d_.outage.protects(path.source->id)) return;
    // What has just been accepted, or is just going, may look like this once.
    if (!seen_twice("unknown " + path.source->id.value)) return;
    const bool displaced = session && session->claim && session->claim->live;
    const auto policy = d_.settings.unknown_publisher.value_or(UnknownPublisher::kKick);
    if (policy == UnknownPublisher::kIgnore && !displaced) {
        d_.standing.meet(path);
        return;
    }
    if (policy == UnknownPublisher::kAdopt && session && !session->claim) {
        observe(*session, rules::SourceAdopted{source_at(path), d_.node}, round.now);
        return;
    }
    remove(path, displaced ? "another publisher has its key" : "it was not let in here");
}

void Reconciler::remove_refused(const Round& round) {
    if (d_.unwritten.empty()) return;
    for (const auto& [name, path] : round.paths) {
        if (d_.unwritten.refuses(path, round.now)) kick_unwritten(path);
    }
}

// Of a key of ours, whose right has ended: also where strangers are only watched.
void Reconciler::kick_unwritten(const MediaPath& path) {
    d_.logger.warning(
        "publisher whose right has ended is removed; its end is not written yet",
        {{"path", redact_key_values(path.name)}, {"connection_id", path.source->id.value}});
    if (!d_.cutoffs.kick_source(*path.source)) is_tidy_ = false;
}

void Reconciler::warn(std::string_view message, const Error& error, LogField about) {
    const auto level =
        error.code == ErrorCode::kStorageFull ? LogLevel::kDebug : LogLevel::kWarning;
    d_.logger.log(level, message, {std::move(about), {"error", error.message}});
}

void Reconciler::remove(const MediaPath& path, std::string_view reason) {
    d_.standing.meet(path);
    if (!d_.standing.enforces()) return;
    UnknownSource source;
    source.path = redact_key_values(path.name);
    source.connection = path.source->id;
    source.remote_address = d_.standing.address_of(*path.source);
    source.protocol = protocol_of(*path.source);
    d_.logger.warning("publisher without a right is kicked",
                      {{"path", source.path},
                       {"connection_id", source.connection.value},
                       {"remote_address", source.remote_address},
                       {"reason", std::string(reason)}});
    if (!d_.cutoffs.kick_source(*path.source)) {
        is_tidy_ = false;
        return;
    }
    record_removal(source, reason);
}

void Reconciler::record_removal(const UnknownSource& source, std::string_view reason) {
    const bool adopts = d_.settings.unknown_publisher == UnknownPublisher::kAdopt;
    const auto recorded = d_.storage.append_audit(make_audit_entry(
        {"remove",
         "publisher",
         source.connection.value,
         {{"node", d_.node},
          {"path", source.path},
          {"protocol", to_string(source.protocol)},
          {"address", source.remote_address},
          {"reason", reason},
          {"setting", adopts ? "UNKNOWN_PUBLISHER=adopt" : "UNKNOWN_PUBLISHER=kick"}}},
        Caller{"rescuestream", "INTERNAL", "/reconciler", "", std::nullopt}, d_.clock.now(),
        d_.random));
    if (!recorded) {
        d_.logger.error("the removal of a publisher is not in the record",
                        {{"path", source.path},
                         {"connection_id", source.connection.value},
                         {"error", recorded.error().message}});
    }
}

void Reconciler::release_lost_reservations(const Round& round) {
    std::unordered_set<ConnectionId> sources;
    for (const auto& [name, path] : round.paths) {
        if (is_publisher(path)) sources.insert(path.source->id);
    }
    std::optional<std::unordered_set<ConnectionId>> connections;
    const auto steady_now = d_.clock.steady_now();
    for (const auto& each : d_.reservations.all()) {
        const auto age = steady_now - each.accepted_at;
        if (sources.contains(each.connection) || age > d_.settings.reservation_timeout) {
            d_.reservations.remove(each.connection);
            continue;
        }
        if (age < d_.settings.poll_interval) continue;
        if (!connections) connections = list_connections();
        if (!connections || connections->contains(each.connection)) continue;
        if (!seen_twice("reserved " + each.connection.value)) continue;
        d_.reservations.remove(each.connection);
        const auto released = d_.sessions.observe(
            each.stream_key_id,
            {rules::ReservationLost{each.connection}, ObservedBy::kReconciler, round.now});
        if (!released) {
            warn("reservation cannot be given back", released.error(),
                 {"connection_id", each.connection.value});
        }
    }
}

std::optional<std::unordered_set<ConnectionId>> Reconciler::list_connections() {
    std::unordered_set<ConnectionId> ids;
    for (const auto kind : {ConnectionKind::kRtmp, ConnectionKind::kRtmps, ConnectionKind::kSrt,
                            ConnectionKind::kWebRtc}) {
        const auto connections = d_.media_server.list_connections(kind);
        if (!connections && connections.error().code != ErrorCode::kUnsupported) {
            return std::nullopt;
        }
        if (!connections) continue;
        for (const auto& connection : *connections) ids.insert(connection.id);
    }
    return ids;
}

void Reconciler::observe(const Session& session, rules::What what, Timestamp now) {
    const auto observed =
        d_.sessions.observe(session, {std::move(what), ObservedBy::kReconciler, now});
    if (!observed) {
        warn("stream cannot be updated", observed.error(),
             {"stream_key_id", session.key.id.to_string()});
    }
}

bool Reconciler::seen_twice(const std::string& what) {
    const auto before = suspects_.find(what);
    const int rounds = before == suspects_.end() ? 1 : before->second + 1;
    next_suspects_[what] = rounds;
    return rounds >= 2;
}

}  // namespace rescuestream
