#include "orchestrator/source_reports.hpp"

#include <string>
#include <utility>

#include "orchestrator/nodes.hpp"
#include "orchestrator/relays.hpp"
#include "orchestrator/session_runner.hpp"
#include "rescuestream/secret.hpp"
#include "rules/path.hpp"
#include "rules/session.hpp"

namespace rescuestream {
namespace {

rules::SourceAvailable available_at(const std::string& path, const MediaSource& source) {
    return {source.id,           source.type,         path, !key_value_of_path(path).empty(),
            protocol_of(source), source.id_may_differ};
}

bool is_of(const Session& session, const ConnectionId& connection) {
    return (session.claim && session.claim->connection == connection) ||
           (session.stream && session.stream->source_id == connection);
}

// The report cannot change anything, because its stream is known to be live.
bool is_known(const Session& session, const SourceReport& report) {
    const auto& claim = session.claim;
    const auto& stream = session.stream;
    return claim && claim->live && !claim->stalled_since && stream &&
           stream->state == StreamState::kLive && stream->source_id == claim->connection &&
           (!report.source_id || *report.source_id == claim->connection);
}

}  // namespace

Result<void> SourceReports::source_available(const SourceReport& report) {
    auto sessions = d_.sessions.at_path(report.path);
    if (!sessions) return std::move(sessions).error();
    std::erase_if(*sessions, [](const Session& each) { return !each.claim; });
    const bool path_is_secret = !key_value_of_path(report.path).empty();
    // As far as the report tells; which source it is, the media server is asked.
    rules::SourceAvailable reported;
    reported.connection = report.source_id.value_or(ConnectionId{});
    reported.path = report.path;
    reported.path_is_secret = path_is_secret;
    const Timestamp now = d_.clock.now();
    const Session* session = rules::session_of_source(*sessions, reported, now);
    if (session == nullptr) return {};
    const bool is_certain = sessions->size() == 1 || report.source_id;
    if (is_certain && is_known(*session, report) && !path_is_secret) return {};
    const auto node = d_.nodes.find(session->claim->node);
    if (!node) return {};
    auto turn = node->admit_hook(report.path);
    if (!turn) return {};  // the next poll will tell
    const auto source = node->source_at(report.path);
    if (!source) return {};  // the next poll will tell
    if (!*source || (report.source_id && *report.source_id != (*source)->id)) return {};

    const auto available = available_at(report.path, **source);
    session = rules::session_of_source(*sessions, available, now);
    const std::string public_path = session->key.playback_path;
    const bool is_accepted = session->claim->path_is_secret;
    const bool may_share = session->key.policies.priority.has_value();
    const auto observed =
        d_.sessions.observe(*session, {available, ObservedBy::kHook, d_.clock.now()});
    if (!observed) return observed.error();
    if (*observed) turn.changed_something();
    if (path_is_secret && is_accepted) node->relays().add(public_path, report.path);
    // What it displaces at the other keys of the path is found by the poll.
    if (*observed && may_share) node->poll_soon();
    return {};
}

Result<void> SourceReports::source_unavailable(const SourceReport& report) {
    const auto sessions = d_.sessions.at_path(report.path);
    if (!sessions) return sessions.error();
    for (const auto& session : *sessions) {
        const bool is_about_another =
            sessions->size() > 1 && report.source_id && !is_of(session, *report.source_id);
        if (is_about_another) continue;
        if (auto done = source_gone(session, report); !done) return done;
    }
    return {};
}

Result<void> SourceReports::source_gone(const Session& session, const SourceReport& report) {
    // The relay at the public path connects and disconnects with its viewers.
    const bool path_is_secret = !key_value_of_path(report.path).empty();
    if (session.claim && session.claim->path_is_secret != path_is_secret) return {};
    ConnectionId gone = report.source_id.value_or(ConnectionId{});
    if (gone.empty()) {
        if (!session.stream || !session.stream->source_id) return {};
        gone = *session.stream->source_id;
    }
    if (!is_of(session, gone) && !path_is_secret) return {};
    const auto node = d_.nodes.find(session.stream ? session.stream->node : std::string());
    if (!node) return {};
    auto turn = node->admit_hook(report.path);
    if (!turn) return {};  // the next poll will tell
    const auto source = node->source_at(report.path);
    if (!source) return {};  // the next poll will tell
    if (*source && (*source)->id == gone) return {};
    const bool may_share = session.key.policies.priority.has_value();
    if (path_is_secret && !*source) {
        // The device of another key may be shown at the public path: the poll compares.
        if (may_share) {
            node->poll_soon();
        } else {
            node->relays().remove(session.key.playback_path);
        }
    }
    const StreamKeyId key = session.key.id;
    const auto observed = d_.sessions.observe(
        session, {rules::SourceUnavailable{std::move(gone)}, ObservedBy::kHook, d_.clock.now()});
    if (!observed) return observed.error();
    if (*observed) turn.changed_something();
    if (!*source) return {};
    // A takeover is reported twice at the same moment, in any order, and the report of the new
    // source may not be admitted after this one.
    const auto available = available_at(report.path, **source);
    const rules::Observation displaced{available, ObservedBy::kHook, d_.clock.now()};
    auto seen =
        may_share ? observe_owner(displaced, available) : d_.sessions.observe(key, displaced);
    if (!seen) return seen.error();
    if (*seen) turn.changed_something();
    return {};
}

// The source may be that of another key that shares the path.
Result<bool> SourceReports::observe_owner(const rules::Observation& observation,
                                          const rules::SourceAvailable& source) {
    auto owner = d_.sessions.owner_of(source, observation.at);
    if (!owner) return owner.error();
    if (!owner->session) return false;
    return d_.sessions.observe(*std::move(owner->session), observation);
}

}  // namespace rescuestream
