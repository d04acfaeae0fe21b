#include "orchestrator/session_runner.hpp"

#include "rescuestream/logger.hpp"
#include "rescuestream/random_source.hpp"
#include "rescuestream/storage/sessions.hpp"
#include "rules/path.hpp"
#include "support/make_uuid.hpp"

namespace rescuestream {
namespace {

constexpr int kMaxAttempts = 16;

}  // namespace

void EventBus::emit(const Event& event) {
    const std::lock_guard lock(mutex_);
    for (const auto& listener : listeners_) listener(event);
}

Result<std::vector<Session>> SessionRunner::at_path(const std::string& path) {
    const auto value = key_value_of_path(path);
    if (value.empty()) return d_.storage.sessions_at_path(path);
    auto session = d_.storage.load_session_by_digest(digest_key_value(value));
    std::vector<Session> sessions;
    if (session) {
        sessions.push_back(*std::move(session));
    } else if (session.error().code != ErrorCode::kNotFound) {
        return std::move(session).error();
    }
    return sessions;
}

Result<SessionRunner::Owner> SessionRunner::owner_of(const rules::SourceAvailable& source,
                                                     Timestamp now) {
    const auto sessions = at_path(source.path);
    if (!sessions) return sessions.error();
    Owner owner;
    const Session* const found = rules::session_of_source(*sessions, source, now);
    if (found != nullptr) owner.session = *found;
    owner.is_shared = sessions->size() > 1;
    return owner;
}

Result<bool> SessionRunner::observe(StreamKeyId key, const rules::Observation& observation) {
    auto session = d_.storage.load_session(key);
    if (!session) return std::move(session).error();
    return observe(*std::move(session), observation);
}

Result<bool> SessionRunner::observe(Session session, const rules::Observation& observation) {
    bool has_changed = false;
    for (int attempt = 0; attempt < kMaxAttempts; ++attempt) {
        const StreamId new_id(make_uuid(observation.at, d_.random));
        const auto transition = rules::apply(session, observation, new_id, d_.rules);
        if (!transition.changes_anything()) return has_changed;

        SessionChange change;
        change.stream_key_id = session.key.id;
        change.expected_version = session.version;
        change.set_claim = transition.set_claim;
        change.claim = transition.claim;
        change.cuts_off_replaced = transition.cuts_off_replaced;
        change.stream = transition.stream;
        if (change.stream && change.stream->state == StreamState::kEnded) {
            change.stream->totals = d_.totals_of(*change.stream);
        }
        change.transitions = transition.lines;
        const auto committed = d_.storage.commit_session(change);
        if (committed) {
            tell(transition, observation);
            if (!transition.is_to_be_repeated) return true;
            has_changed = true;
        } else if (committed.error().code != ErrorCode::kConflict) {
            return committed.error();
        }
        auto fresh = d_.storage.load_session(session.key.id);
        if (!fresh) return std::move(fresh).error();
        session = *std::move(fresh);
    }
    return Error{ErrorCode::kUnavailable,
                 "The session of this key is changed too often at this moment. Try again.",
                 {},
                 {}};
}

void SessionRunner::tell(const rules::Transition& transition,
                         const rules::Observation& observation) {
    if (!transition.stream || !transition.event) return;
    const Stream& stream = *transition.stream;
    d_.logger.info(
        to_string(*transition.event),
        {{"stream_id", stream.id.to_string()},
         {"stream_key_id", stream.stream_key_id.to_string()},
         {"path", redact_key_values(stream.path)},
         {"source_type", stream.source_type.value_or("")},
         {"connection_id", stream.source_id ? stream.source_id->value : ""},
         {"generation", stream.generation},
         {"end_reason", std::string(stream.end_reason ? to_string(*stream.end_reason) : "")},
         {"observed_by", std::string(to_string(observation.observed_by))}});
    d_.events.emit({*transition.event, observation.at, stream,
                    transition.lines.empty() ? std::nullopt : transition.lines.back().gap});
}

}  // namespace rescuestream
