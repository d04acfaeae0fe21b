#include "orchestrator/source_reports.hpp"

#include <string>
#include <utility>

#include "orchestrator/nodes.hpp"
#include "orchestrator/relays.hpp"
#include "orchestrator/session_runner.hpp"
#include "rescuestream/secret.hpp"
#include "rules/session.hpp"

namespace rescuestream {
namespace {

rules::SourceAvailable available_at(const std::string& path, const MediaSource& source) {
    return {source.id,           source.type,         path, !key_value_of_path(path).empty(),
            protocol_of(source), source.id_may_differ};
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
    auto session = d_.sessions.find_by_path(report.path);
    if (!session) {
        if (session.error().code == ErrorCode::kNotFound) return {};
        return std::move(session).error();
    }
    if (!session->claim) return {};
    if (is_known(*session, report) && key_value_of_path(report.path).empty()) return {};
    const auto node = d_.nodes.find(session->claim->node);
    if (!node) return {};
    auto turn = node->admit_hook(report.path);
    if (!turn) return {};  // the next poll will tell
    const auto source = node->source_at(report.path);
    if (!source) return {};  // the next poll will tell
    if (!*source || (report.source_id && *report.source_id != (*source)->id)) return {};

    const bool path_is_secret = !key_value_of_path(report.path).empty();
    const std::string public_path = session->key.playback_path;
    const bool is_accepted = session->claim->path_is_secret;
    const auto observed = d_.sessions.observe(
        *std::move(session),
        {available_at(report.path, **source), ObservedBy::kHook, d_.clock.now()});
    if (!observed) return observed.error();
    if (*observed) turn.changed_something();
    if (path_is_secret && is_accepted) node->relays().add(public_path, report.path);
    return {};
}

Result<void> SourceReports::source_unavailable(const SourceReport& report) {
    auto session = d_.sessions.find_by_path(report.path);
    if (!session) {
        if (session.error().code == ErrorCode::kNotFound) return {};
        return std::move(session).error();
    }
    // The relay at the public path connects and disconnects with its viewers.
    const bool path_is_secret = !key_value_of_path(report.path).empty();
    if (session->claim && session->claim->path_is_secret != path_is_secret) return {};
    ConnectionId gone = report.source_id.value_or(ConnectionId{});
    if (gone.empty()) {
        if (!session->stream || !session->stream->source_id) return {};
        gone = *session->stream->source_id;
    }
    const bool is_about_nothing = !(session->claim && session->claim->connection == gone) &&
                                  !(session->stream && session->stream->source_id == gone) &&
                                  !path_is_secret;
    if (is_about_nothing) return {};
    const auto node = d_.nodes.find(session->stream ? session->stream->node : std::string());
    if (!node) return {};
    auto turn = node->admit_hook(report.path);
    if (!turn) return {};  // the next poll will tell
    const auto source = node->source_at(report.path);
    if (!source) return {};  // the next poll will tell
    if (*source && (*source)->id == gone) return {};
    if (path_is_secret && !*source) node->relays().remove(session->key.playback_path);
    const StreamKeyId key = session->key.id;
    const auto observed = d_.sessions.observe(
        *std::move(session),
        {rules::SourceUnavailable{std::move(gone)}, ObservedBy::kHook, d_.clock.now()});
    if (!observed) return observed.error();
    if (*observed) turn.changed_something();
    if (!*source) return {};
    // A takeover is reported twice at the same moment, in any order, and the report of the new
    // source may not be admitted after this one.
    const auto displaced = d_.sessions.observe(
        key, {available_at(report.path, **source), ObservedBy::kHook, d_.clock.now()});
    if (!displaced) return displaced.error();
    if (*displaced) turn.changed_something();
    return {};
}

}  // namespace rescuestream
