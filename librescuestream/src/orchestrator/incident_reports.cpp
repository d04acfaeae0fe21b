#include "orchestrator/incident_reports.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "json/document.hpp"
#include "json/values.hpp"
#include "orchestrator/counted_storage.hpp"
#include "orchestrator/nodes.hpp"
#include "rescuestream/playback.hpp"
#include "rescuestream/time.hpp"
#include "rules/gaps.hpp"
#include "rules/viewer.hpp"

namespace rescuestream {
namespace {

// What a report reads at most. What other programs have reported has a bound of its own, so that it
// never takes the room of what this installation did.
constexpr std::size_t kMostReportedActions = 1'000;
constexpr std::size_t kMostReportedEvents = 500;
constexpr std::size_t kMostSubjects = 2'000;
constexpr std::size_t kMostActionsOfSubject = 100;
constexpr std::size_t kMostReadTransitions = 1'000;  // of one stream

Timestamp end_of(const IncidentReport& report) {
    return report.details.incident.closed_at.value_or(report.made_at);
}

// The ids of all that an incident consists of, without repetition. What anybody can make many of is
// last: a report does not read everything.
std::vector<std::string> subjects_of(const IncidentReport& report,
                                     const std::vector<GuestLink>& links) {
    std::vector<std::string> ids;
    std::set<std::string> seen;
    const auto add = [&](const std::string& id) {
        if (seen.insert(id).second) ids.push_back(id);
    };
    add(report.details.incident.id.to_string());
    for (const auto& reported : report.streams) {
        add(reported.stream.id.to_string());
        add(reported.stream.stream_key_id.to_string());
        add(reported.stream.broadcaster_id.to_string());
    }
    for (const auto* assigned : {&report.details.assigned, &report.details.assigned_when_closed}) {
        for (const auto& id : assigned->broadcaster_ids) add(id.to_string());
        for (const auto& id : assigned->stream_key_ids) add(id.to_string());
    }
    for (const auto& reported : report.viewers) {
        if (reported.viewer.removed_at) add(reported.viewer.id.value);
    }
    for (const auto& link : links) add(link.id.to_string());
    return ids;
}

void keep_oldest(std::vector<AuditEntry>& entries, std::size_t most, bool& has_more) {
    std::sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) {
        return std::tie(a.timestamp, a.id) < std::tie(b.timestamp, b.id);
    });
    if (entries.size() <= most) return;
    has_more = true;
    entries.resize(most);
}

std::string device_of(const ListedStream& stream) {
    return stream.key_label.empty() ? stream.path : stream.key_label;
}

// Returns a stream of the viewer's path that was on air while it watched; null: there is none.
const ListedStream* stream_of(const IncidentReport& report, const Viewer& viewer) {
    for (const auto& reported : report.streams) {
        const auto& stream = reported.stream;
        const bool overlaps = (!viewer.until || *viewer.until >= reported.from()) &&
                              (!stream.ended_at || viewer.since <= *stream.ended_at);
        if (stream.path == viewer.path && overlaps) return &stream;
    }
    return nullptr;
}

const GuestLink* link_of(const std::vector<GuestLink>& links, const Viewer& viewer) {
    for (const auto& grant : viewer.grants) {
        const auto found = std::find_if(links.begin(), links.end(), [&](const GuestLink& link) {
            return grant.owner == token_owner(link.id);
        });
        if (found != links.end()) return &*found;
    }
    return nullptr;
}

bool was_there(const Viewer& viewer, Timestamp at) {
    return viewer.since <= at && (!viewer.until || *viewer.until >= at);
}

// When its right was taken; the first time, if it was taken repeatedly.
std::optional<Timestamp> right_ended_at(const Viewer& viewer, const GuestLink* link,
                                        const std::vector<PlaybackRevocation>& revocations) {
    std::optional<Timestamp> first = viewer.removed_at;
    const auto take = [&](Timestamp at) {
        if (was_there(viewer, at) && (!first || at < *first)) first = at;
    };
    if (link != nullptr && link->closed_at) take(*link->closed_at);
    for (const auto& revocation : revocations) {
        const bool concerns_it = std::any_of(
            viewer.grants.begin(), viewer.grants.end(),
            [&](const PlaybackGrant& grant) { return rules::concerns(revocation, grant); });
        if (concerns_it) take(revocation.revoked_at);
    }
    return first;
}

bool names(const AuditEntry& assignment, const ListedStream& stream) {
    const auto document = json::parse(assignment.metadata.text());
    if (!document || !document->IsObject()) return false;
    const auto lists = [&](const char* member, const std::string& id) {
        const auto ids = json::read::optional_text(*document, member);
        return ids && ids->find(id) != std::string::npos;
    };
    return lists("stream_key_ids", stream.stream_key_id.to_string()) ||
           lists("broadcaster_ids", stream.broadcaster_id.to_string());
}

// When the stream, which was on air, joined the incident. Empty: its key was assigned before.
std::optional<Timestamp> joined_at(const ListedStream& stream,
                                   const std::vector<AuditEntry>& assignments) {
    std::optional<Timestamp> first;
    for (const auto& entry : assignments) {
        if (!names(entry, stream)) continue;
        if (entry.timestamp <= stream.started_at) return std::nullopt;
        const bool is_while_on_air = !stream.ended_at || entry.timestamp <= *stream.ended_at;
        if (is_while_on_air && (!first || entry.timestamp < *first)) first = entry.timestamp;
    }
    return first;
}

std::vector<StreamGap> gaps_since(Timestamp from, std::vector<StreamGap> gaps) {
    std::erase_if(gaps, [&](const StreamGap& gap) { return gap.to && *gap.to <= from; });
    for (auto& gap : gaps) gap.from = std::max(gap.from, from);
    return gaps;
}

void limit_gaps(ReportedStream& reported, bool is_cut) {
    auto& gaps = reported.gaps;
    // Its end is in the part that was not read.
    if (is_cut && !gaps.empty() && !gaps.back().to) gaps.pop_back();
    reported.has_more_gaps = is_cut || gaps.size() > kMostReportedGaps;
    if (gaps.size() > kMostReportedGaps) gaps.resize(kMostReportedGaps);
}

// Returns the revocation that an entry of the audit log is about.
std::optional<PlaybackRevocation> revocation_of(const AuditEntry& entry) {
    const auto document = json::parse(entry.metadata.text());
    if (!document || !document->IsObject()) return std::nullopt;
    for (const auto by :
         {RevokedBy::kToken, RevokedBy::kViewer, RevokedBy::kPath, RevokedBy::kOwner}) {
        const auto value = json::read::optional_text(*document, std::string(to_string(by)).c_str());
        if (!value) continue;
        PlaybackRevocation revocation;
        revocation.by = by;
        revocation.value = *value;
        revocation.revoked_at = entry.timestamp;
        return revocation;
    }
    return std::nullopt;
}

}  // namespace

Result<IncidentReport> IncidentReports::incident_report(IncidentId id) {
    auto details = d_.storage.find_incident(id);
    if (!details) return std::move(details).error();
    IncidentReport report;
    report.details = *std::move(details);
    report.made_at = d_.clock.now();
    GuestLinkFilter filter;
    filter.incident_id = id;
    PageRequest page;
    page.limit = kMostSubjects;
    const auto links = d_.storage.list_guest_links(filter, page);
    if (!links) return links.error();
    if (auto added = add_streams(report); !added) return std::move(added).error();
    if (auto added = add_viewers(report, links->items); !added) return std::move(added).error();
    for (const auto& link : links->items) {
        report.guest_links.emplace(guest_link_path(link.id), link.label);
    }
    if (auto added = add_refusals(report); !added) return std::move(added).error();
    if (auto added = add_actions(report, links->items); !added) return std::move(added).error();
    return report;
}

Result<void> IncidentReports::add_streams(IncidentReport& report) {
    StreamFilter filter;
    filter.incident_id = report.details.incident.id;
    PageRequest page;
    page.limit = kMostReportedStreams;
    auto streams = d_.storage.list_streams(filter, page);
    if (!streams) return std::move(streams).error();
    AuditFilter assigned;
    assigned.action = "assign";
    assigned.resource_type = "incident";
    assigned.resource_id = report.details.incident.id.to_string();
    assigned.origin = AuditOrigin::kServer;
    assigned.limit = kMostActionsOfSubject;
    const auto assignments = d_.storage.list_audit(assigned);
    if (!assignments) return assignments.error();
    report.has_more_streams = streams->next.has_value();
    std::reverse(streams->items.begin(), streams->items.end());
    for (auto& stream : streams->items) {
        auto timeline = d_.storage.list_transitions(stream.id, {0, kMostReadTransitions});
        if (!timeline) return std::move(timeline).error();
        ReportedStream reported{std::move(stream), rules::gaps_of(*timeline), {}};
        reported.joined_at = joined_at(reported.stream, assignments->entries);
        reported.gaps = gaps_since(reported.from(), std::move(reported.gaps));
        limit_gaps(reported, timeline->size() == kMostReadTransitions);
        if (!reported.stream.totals) reported.stream.totals = totals_so_far(reported.stream.id);
        report.streams.push_back(std::move(reported));
    }
    return {};
}

// Of a stream that is on air.
std::optional<StreamTotals> IncidentReports::totals_so_far(StreamId id) const {
    for (const auto& node : d_.nodes.all()) {
        if (auto totals = node->figures().totals_of(id)) return totals;
    }
    return std::nullopt;
}

Result<void> IncidentReports::add_viewers(IncidentReport& report,
                                          const std::vector<GuestLink>& links) {
    const auto revocations = revocations_during(report);
    if (!revocations) return revocations.error();
    std::set<std::string> paths;
    for (const auto& reported : report.streams) paths.insert(reported.stream.path);
    ViewerFilter filter;
    filter.present_only = false;
    PageRequest page;
    page.limit = kMostReportedViewers;
    for (const auto& path : paths) {
        filter.path = path;
        auto found = d_.storage.list_viewers(filter, page);
        if (!found) return std::move(found).error();
        report.has_more_viewers = report.has_more_viewers || found->next.has_value();
        for (auto& viewer : found->items) {
            const ListedStream* const stream = stream_of(report, viewer);
            if (stream == nullptr || viewer.is_helper) continue;
            ReportedViewer reported;
            reported.device = device_of(*stream);
            const GuestLink* const link = link_of(links, viewer);
            if (link != nullptr) {
                reported.guest_link_id = link->id;
                reported.guest_link = link->label;
            }
            auto& ended =
                viewer.protocol == Protocol::kHls ? reported.right_ended_at : reported.put_out_at;
            ended = right_ended_at(viewer, link, *revocations);
            reported.viewer = std::move(viewer);
            report.viewers.push_back(std::move(reported));
        }
    }
    std::sort(report.viewers.begin(), report.viewers.end(), [](const auto& a, const auto& b) {
        return std::tie(a.viewer.since, a.viewer.id) < std::tie(b.viewer.since, b.viewer.id);
    });
    if (report.viewers.size() > kMostReportedViewers) {
        report.has_more_viewers = true;
        report.viewers.resize(kMostReportedViewers);
    }
    return {};
}

// From the audit log: a storage keeps revocations only as long as the tokens live.
Result<std::vector<PlaybackRevocation>> IncidentReports::revocations_during(
    const IncidentReport& report) {
    AuditFilter filter;
    filter.action = "revoke";
    filter.resource_type = "playback_token";
    filter.origin = AuditOrigin::kServer;
    filter.from = report.details.incident.created_at;
    // Its own end revokes tokens after it was closed.
    filter.to = report.made_at;
    filter.limit = kMostReportedActions;
    const auto found = d_.storage.list_audit(filter);
    if (!found) return found.error();
    std::vector<PlaybackRevocation> revocations;
    for (const auto& entry : found->entries) {
        if (auto revocation = revocation_of(entry)) revocations.push_back(*std::move(revocation));
    }
    return revocations;
}

Result<void> IncidentReports::add_refusals(IncidentReport& report) {
    std::set<StreamKeyId> keys;
    for (const auto* assigned : {&report.details.assigned, &report.details.assigned_when_closed}) {
        keys.insert(assigned->stream_key_ids.begin(), assigned->stream_key_ids.end());
    }
    std::set<std::string> paths;
    for (const auto& reported : report.streams) {
        keys.insert(reported.stream.stream_key_id);
        paths.insert(reported.stream.path);
    }
    for (const auto& [path, label] : report.guest_links) paths.insert(path);
    std::map<RefusedAttemptId, RefusedAttempt> all;
    RefusedAttemptFilter filter;
    filter.since = report.details.incident.created_at;
    filter.limit = kMostReportedRefusals;
    const auto add = [&]() -> Result<void> {
        auto found = d_.storage.list_refused_attempts(filter);
        if (!found) return std::move(found).error();
        report.has_more_refusals = report.has_more_refusals || found->size() == filter.limit;
        for (auto& attempt : *found) {
            if (attempt.first_at <= end_of(report)) all.emplace(attempt.id, std::move(attempt));
        }
        return {};
    };
    for (const auto& key : keys) {
        filter.stream_key_id = key;
        if (auto added = add(); !added) return added;
    }
    filter.stream_key_id.reset();
    for (const auto& path : paths) {
        filter.path = path;
        if (auto added = add(); !added) return added;
    }
    for (auto& [id, attempt] : all) report.refusals.push_back(std::move(attempt));
    std::sort(report.refusals.begin(), report.refusals.end(), [](const auto& a, const auto& b) {
        return std::tie(a.last_at, a.id) < std::tie(b.last_at, b.id);
    });
    if (report.refusals.size() > kMostReportedRefusals) {
        report.has_more_refusals = true;
        report.refusals.resize(kMostReportedRefusals);
    }
    return {};
}

Result<void> IncidentReports::add_actions(IncidentReport& report,
                                          const std::vector<GuestLink>& links) {
    AuditFilter filter;
    filter.from = report.details.incident.created_at;
    filter.to = end_of(report);
    filter.limit = kMostActionsOfSubject;
    std::vector<AuditEntry> events;  // that other programs have reported
    std::size_t read = 0;
    for (const auto& subject : subjects_of(report, links)) {
        if (++read > kMostSubjects) {
            report.has_more_actions = true;
            break;
        }
        filter.resource_id = subject;
        for (const auto origin : {AuditOrigin::kServer, AuditOrigin::kApi}) {
            filter.origin = origin;
            auto found = d_.storage.list_audit(filter);
            if (!found) return std::move(found).error();
            report.has_more_actions =
                report.has_more_actions || found->total > found->entries.size();
            auto& entries = origin == AuditOrigin::kServer ? report.actions : events;
            for (auto& entry : found->entries) entries.push_back(std::move(entry));
        }
    }
    keep_oldest(report.actions, kMostReportedActions, report.has_more_actions);
    keep_oldest(events, kMostReportedEvents, report.has_more_actions);
    report.actions.insert(report.actions.end(), events.begin(), events.end());
    keep_oldest(report.actions, report.actions.size(), report.has_more_actions);
    return {};
}

}  // namespace rescuestream
