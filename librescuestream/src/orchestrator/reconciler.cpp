#include "orchestrator/reconciler.hpp"

#include <algorithm>
#include <unordered_set>
#include <utility>

#include "orchestrator/audit.hpp"
#include "orchestrator/counted_storage.hpp"
#include "orchestrator/media_server_instances.hpp"
#include "orchestrator/node_gauges.hpp"
#include "orchestrator/path_notes.hpp"
#include "orchestrator/step_failure.hpp"
#include "rescuestream/logger.hpp"
#include "rescuestream/settings.hpp"
#include "rescuestream/storage.hpp"
#include "rescuestream/tracer.hpp"
#include "rules/path.hpp"

namespace rescuestream {
namespace {

using std::chrono::duration_cast;
using std::chrono::microseconds;
using std::chrono::milliseconds;

// The media server may need this time after this program has started.
constexpr std::chrono::seconds kTimeToStart{15};
// Different reasons that are logged until the media server answers again.
constexpr std::size_t kMostReasonsTold = 10;
// Who else has a claim at a shared path is read when the session of the key that has it has
// changed, and after so long at the latest. To read 200 paths in each poll cost 2 % of a processor.
constexpr std::chrono::milliseconds kBetweenLooks{3'500};

}  // namespace

void Reconciler::run_once() {
    const std::lock_guard lock(running_);
    Span span = child_span_or_root(d_.tracer, "poll");
    const SpanScope scope(span);
    run_round();
    if (!span.records()) return;
    span.set("rescuestream.node", d_.node);
    const Status round = status();
    if (!round.reachable) span.fail("unreachable", round.reason);
}

void Reconciler::run_round() {
    soonest_stale_ = std::chrono::hours(1);
    auto round = poll();
    const bool in_charge = d_.lease.hold();
    if (round) remove_refused(*round);
    if (!round) {
        d_.meter.set_gauges(std::nullopt);
        if (in_charge) act_on_unseen();
        return;
    }
    d_.standing.refresh();
    d_.standing.check(round->publishers);
    if (!in_charge) {
        is_tidy_ = false;
        d_.meter.set_pending_cutoffs(0);
    }
    if (in_charge) {
        if (!is_tidy_) is_tidy_ = d_.media_server.remove_leftovers().has_value();
        const auto pending = d_.storage.pending_cutoffs(d_.node);
        if (pending) {
            const auto report = d_.cutoffs.carry_out(*pending);
            d_.meter.set_pending_cutoffs(static_cast<std::size_t>(report.pending));
        }
    }
    auto sessions = d_.storage.open_sessions(d_.node);
    const bool is_whole = sessions.has_value();
    std::optional<NodeGauges> gauges;
    if (is_whole) {
        round->sessions = *std::move(sessions);
        // An owner who has just moved here wants to see at once that it asks.
        const bool asks_nobody = !configuration_.authentication().asks_nobody.empty();
        read_configuration(round->restarted || asks_nobody);
        d_.relays.set_obstacle(configuration_.relay_obstacle());
        for (const auto& session : round->sessions) measure(*round, session);
        d_.figures.keep_only(round->sessions);
        Suspects next;
        if (d_.lease.is_held()) {
            find_owners(*round);
            next = act_on(*round);
            displace_others(*round);
            d_.standing.finish_round();
            if (viewers_.is_about_to_remove_unknown()) look_before_removing();
            viewers_.run(*round, d_.standing.enforces());
            match_relays(*round, true);
            gauges = gauges_of(*round, d_.figures, d_.relays.enabled());
            gauges->unknown = unknown_publishers_;
        } else {
            match_relays(*round, false);
        }
        const auto& entries = configuration_.without_takeover();
        auto notes = notes_of(*round, d_.settings, d_.relays.problems(), takeover_notes(entries));
        auto without_takeover = streams_without_takeover(*round, entries);
        {
            const std::lock_guard status_lock(status_mutex_);
            status_.notes = std::move(notes);
            status_.without_takeover = std::move(without_takeover);
        }
        note_keys_of_sources(*round);
        reservations_.check(*round, suspects_, next);
        suspects_ = std::move(next);
    } else {
        reservations_.forget_live(*round);
        // The storage logs its outage; one line says that this node is concerned.
        if (!is_blind_) {
            d_.logger.warning("streams cannot be read", {{"error", sessions.error().message}});
        }
    }
    is_blind_ = !is_whole;
    d_.meter.set_gauges(std::move(gauges));
    const std::lock_guard status_lock(status_mutex_);
    status_.first_round_done = status_.first_round_done || is_whole;
}

Reconciler::Status Reconciler::status() const {
    const std::lock_guard lock(status_mutex_);
    return status_;
}

std::optional<Round> Reconciler::poll() {
    if (!last_answer_) last_answer_ = d_.clock.steady_now();
    const auto begun = std::chrono::steady_clock::now();
    const auto info = d_.media_server.info();
    auto list = info ? d_.media_server.list_paths() : Result<std::vector<MediaPath>>(info.error());
    if (!list) {
        mark_unreachable(list.error(), info.has_value());
        return std::nullopt;
    }
    if (const auto other = d_.instances.note(d_.node, *info)) {
        mark_twin(*other);
        return std::nullopt;
    }
    d_.meter.polled(begun, std::chrono::steady_clock::now());
    Round round;
    round.restarted = mark_reachable(*info);
    round.now = d_.clock.now();
    last_answer_ = d_.clock.steady_now();
    const auto received = d_.figures.sample(*list, *last_answer_);
    if (d_.lease.is_held()) d_.meter.count_bytes(received);
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
    if (may_still_start(error.code)) {
        if (!status_.first_round_done) {
            d_.logger.info(
                "media server does not answer yet",
                {{"media_server", d_.media_server.description()}, {"error", error.message}});
        }
    } else if (told_reasons_.size() < kMostReasonsTold &&
               told_reasons_.insert(error.message).second) {
        d_.logger.warning(
            "media server does not answer",
            {{"media_server", d_.media_server.description()}, {"error", error.message}});
    }
    status_.reachable = false;
    status_.first_round_done = true;  // polled: that it is unreachable is a result, too
}

// Both programs are usually started together.
bool Reconciler::may_still_start(ErrorCode error) const {
    const bool is_absent = error == ErrorCode::kUnavailable || error == ErrorCode::kTimeout;
    return is_absent && !started_ && d_.clock.steady_now() - *last_answer_ < kTimeToStart;
}

void Reconciler::mark_twin(const std::string& other) {
    std::string reason =
        "This is the MediaMTX of the node " + other +
        ", which has the same start time. One MediaMTX can only be one node: remove "
        "this node, or change its api_url. Until then nothing is done here.";
    const std::lock_guard lock(status_mutex_);
    if (status_.reason != reason) {
        d_.logger.error("the media server of this node is that of another node, too",
                        {{"node", d_.node}, {"other", other}});
    }
    status_.state = NodeState::kDegraded;
    status_.reason = std::move(reason);
    status_.reachable = false;
    status_.first_round_done = true;
}

bool Reconciler::mark_reachable(const MediaServerInfo& info) {
    const std::lock_guard lock(status_mutex_);
    const bool restarted = started_ && started_ != info.started;
    if (restarted) {
        d_.meter.count_restart();
        d_.logger.warning(
            "media server was restarted",
            {{"media_server", d_.media_server.description()}, {"version", info.version}});
    } else if (!status_.reachable) {
        d_.logger.info("media server answers", {{"media_server", d_.media_server.description()},
                                                {"version", info.version}});
    }
    started_ = info.started;
    told_reasons_.clear();
    status_.reachable = true;
    status_.state = NodeState::kUp;
    status_.reason.clear();
    status_.version = info.version;
    status_.seen_at = d_.clock.now();
    return restarted;
}

void Reconciler::act_on_unseen() {
    if (const auto pending = d_.storage.pending_cutoffs(d_.node)) {
        d_.meter.set_pending_cutoffs(pending->size());
    }
    const auto unseen = duration_cast<microseconds>(d_.clock.steady_now() - *last_answer_);
    if (unseen < std::min(d_.settings.stale_after, d_.settings.node_lost_after)) return;
    const auto sessions = d_.storage.open_sessions(d_.node);
    if (!sessions) return;
    const Timestamp now = d_.clock.now();
    for (const auto& action : plan_unseen(*sessions, unseen, now, d_.node, d_.settings)) {
        carry_out(action, now);
    }
}

void Reconciler::read_configuration(bool at_once) {
    if (configuration_.refresh(at_once)) d_.standing.judge(configuration_.authentication());
}

// The media server's owner may have changed since the last look whom it asks.
void Reconciler::look_before_removing() {
    if (d_.standing.enforces()) read_configuration(true);
}

void Reconciler::measure(const Round& round, const Session& session) {
    const auto* path = path_of(round, session);
    if (path == nullptr) return;
    if (!d_.relays.enabled() || key_value_of_path(path->name).empty()) {
        d_.figures.measure(session, *path, round.now);
        return;
    }
    // Viewers read the public path; the only reader of the secret path is the relay.
    MediaPath seen = *path;
    const auto relay = round.paths.find(session.key.playback_path);
    seen.readers = relay == round.paths.end() ? std::vector<MediaReader>{} : relay->second.readers;
    d_.figures.measure(session, seen, round.now);
}

void Reconciler::match_relays(const Round& round, bool acts) {
    if (!d_.relays.enabled()) return;
    Relays::Wanted wanted;
    std::map<std::string, std::uint32_t> priorities;  // of the device that is shown
    for (const auto& session : round.sessions) {
        const auto* path = path_of(round, session);
        if (path != nullptr && session.claim && !key_value_of_path(path->name).empty()) {
            const auto shown = round.paths.find(session.key.playback_path);
            const bool is_shown = shown != round.paths.end();
            const auto priority = rules::priority_of(session.key.policies);
            const auto [known, is_first] = priorities.emplace(session.key.playback_path, priority);
            if (!is_first && known->second >= priority) continue;
            known->second = priority;
            wanted.insert_or_assign(session.key.playback_path,
                                    Relays::Relay{path->name, is_shown && shown->second.ready,
                                                  is_shown && is_publisher(shown->second)});
        }
    }
    if (acts) {
        d_.relays.match(wanted);
    } else {
        d_.relays.look(wanted);
    }
}

void Reconciler::find_owners(Round& round) {
    std::unordered_set<ConnectionId> known;
    for (const auto& session : round.sessions) {
        if (has_source(session)) known.insert(*session.stream->source_id);
    }
    for (const auto& [name, path] : round.paths) {
        if (!is_publisher(path) || known.contains(path.source->id)) continue;
        auto owner = d_.sessions.owner_of(source_at(path), round.now);
        if (!owner) continue;
        if (owner->is_shared) round.shared_paths.insert(name);
        round.owners.emplace(name, std::move(owner->session));
    }
}

Suspects Reconciler::act_on(const Round& round) {
    std::unordered_set<ConnectionId> let_in_by_memory;
    for (const auto& [connection, path] : round.publishers) {
        if (d_.outage.protects(connection)) let_in_by_memory.insert(connection);
    }
    const auto helpers = helpers_.find(round);
    Plan plan =
        plan_round(round, {d_.node, d_.settings, d_.figures, suspects_, let_in_by_memory, helpers});
    soonest_stale_ = plan.soonest_stale;
    unknown_publishers_ = count_unknown(plan);
    const bool removes = std::any_of(
        plan.actions.begin(), plan.actions.end(),
        [](const Action& action) { return std::holds_alternative<RemoveSource>(action); });
    if (removes) look_before_removing();
    for (const auto& action : plan.actions) {
        // Suspicions from before a long outage are dropped.
        if (!d_.lease.is_held()) break;
        carry_out(action, round.now);
    }
    return std::move(plan.suspects);
}

// A key that shares its path takes it over when its source delivers, not when it is accepted.
void Reconciler::displace_others(const Round& round) {
    std::unordered_map<StreamKeyId, const Session*> holders;
    const auto add = [&](const Session& session) {
        if (session.key.policies.priority && d_.keys.may_share_path(session.key.id)) {
            holders.emplace(session.key.id, &session);
        }
    };
    for (const auto& session : round.sessions) add(session);
    for (const auto& [path, owner] : round.owners) {
        if (owner) add(*owner);
    }
    std::erase_if(looks_, [&](const auto& look) { return !holders.contains(look.first); });
    for (const auto& [key, session] : holders) {
        if (!d_.lease.is_held()) return;
        const auto known = looks_.find(key);
        const bool is_known = known != looks_.end() && known->second.version == session->version &&
                              known->second.at <= round.now &&
                              round.now - known->second.at < kBetweenLooks;
        if (is_known) continue;
        const auto sessions = d_.storage.sessions_at_path(session->key.playback_path);
        if (!sessions) return;
        looks_[key] = {session->version, round.now};
        const auto holder = std::find_if(sessions->begin(), sessions->end(),
                                         [id = key](const Session& of) { return of.key.id == id; });
        if (holder == sessions->end() || !holder->claim || holder->claim->node != d_.node) continue;
        const bool displaces = std::any_of(
            sessions->begin(), sessions->end(),
            [&](const Session& of) { return rules::is_displaced(of, *holder, round.now); });
        if (!displaces) continue;
        looks_.erase(key);
        const auto displaced = d_.changes.displace_others(d_.cutoffs, key, d_.node, d_.clock.now());
        if (!displaced) {
            log_step_failure(d_.logger, "the other keys of a path cannot be displaced",
                             displaced.error(), {"stream_key_id", key.to_string()});
        }
    }
}

// Of sources at paths that several keys may share.
void Reconciler::note_keys_of_sources(const Round& round) {
    std::unordered_map<ConnectionId, StreamKeyId> keys;
    const auto add = [&](const Session& session) {
        if (!session.key.policies.priority) return;
        if (session.claim) keys.emplace(session.claim->connection, session.key.id);
        if (has_source(session)) keys.emplace(*session.stream->source_id, session.key.id);
    };
    for (const auto& session : round.sessions) add(session);
    for (const auto& [path, owner] : round.owners) {
        if (owner) add(*owner);
    }
    const std::lock_guard lock(status_mutex_);
    keys_of_sources_ = std::move(keys);
}

std::optional<StreamKeyId> Reconciler::key_of_source(const ConnectionId& source) const {
    {
        const std::lock_guard lock(status_mutex_);
        const auto found = keys_of_sources_.find(source);
        if (found != keys_of_sources_.end()) return found->second;
    }
    // It may have begun since then.
    for (const auto& each : d_.reservations.all()) {
        if (each.connection == source) return each.stream_key_id;
    }
    return std::nullopt;
}

void Reconciler::carry_out(const Action& action, Timestamp now) {
    std::visit([&](const auto& what) { carry_out(what, now); }, action);
}

void Reconciler::carry_out(const Observe& action, Timestamp now) {
    const auto observed =
        d_.sessions.observe(action.session, {action.what, ObservedBy::kReconciler, now});
    if (!observed) {
        log_step_failure(d_.logger, "stream cannot be updated", observed.error(),
                         {"stream_key_id", action.session.key.id.to_string()});
    }
}

void Reconciler::carry_out(const EndStream& action, Timestamp now) {
    const auto id = action.session.stream->id;
    const auto audit = make_audit_draft(
        {"stop", "stream", id.to_string(), {{"reason", to_string(action.reason)}}},
        Caller{"rescuestream", "INTERNAL", "/reconciler", "", std::nullopt}, now, d_.random);
    const auto stopped = d_.changes.stop(d_.cutoffs, id, {action.reason, ObservedBy::kReconciler},
                                         std::nullopt, now, audit);
    if (stopped) return;
    log_step_failure(d_.logger, "a limit cannot be enforced", stopped.error(),
                     {"stream_id", id.to_string()});
    // A right ends in time even if its end cannot be stored.
    const bool is_full = stopped.error().code == ErrorCode::kStorageFull;
    if (is_full && action.path != nullptr) kick_unwritten(*action.path);
}

void Reconciler::carry_out(const ListSource& action, Timestamp /*now*/) {
    d_.standing.meet(*action.path);
}

void Reconciler::remove_refused(const Round& round) {
    if (d_.unwritten.empty()) return;
    for (const auto& [name, path] : round.paths) {
        if (!path.source || path.source->id.empty()) continue;
        if (d_.unwritten.refuses(path, key_of_source(path.source->id), round.now)) {
            kick_unwritten(path);
        }
    }
}

// The publisher uses a known key whose right has ended, so it is kicked even on nodes that only
// list unknown publishers.
void Reconciler::kick_unwritten(const MediaPath& path) {
    d_.logger.warning(
        "publisher whose right has ended is removed; this is not written to the database yet",
        {{"path", redact_key_values(path.name)}, {"connection_id", path.source->id.value}});
    if (!d_.cutoffs.kick_source(*path.source)) is_tidy_ = false;
}

void Reconciler::carry_out(const RemoveSource& action, Timestamp /*now*/) {
    const MediaPath& path = *action.path;
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
                       {"reason", std::string(action.reason)}});
    if (!d_.cutoffs.kick_source(*path.source)) {
        is_tidy_ = false;
        return;
    }
    record_removal(source, action.reason);
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
        d_.logger.error("the audit entry of the removal of a publisher cannot be written",
                        {{"path", source.path},
                         {"connection_id", source.connection.value},
                         {"error", recorded.error().message}});
    }
}

}  // namespace rescuestream
