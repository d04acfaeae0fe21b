#include "rescuestream/json/incident_markdown.hpp"

#include <string_view>

#include "json/document.hpp"

namespace rescuestream {
namespace {

// A text of somebody, which must stay text in one cell of a table.
std::string escaped(std::string_view text) {
    constexpr std::string_view kMarkup = "\\`*_{}[]()<>#+-!|&~";
    std::string out;
    for (const char c : text) {
        if (static_cast<unsigned char>(c) < 0x20) {
            out += ' ';
            continue;
        }
        if (kMarkup.find(c) != std::string_view::npos) out += '\\';
        out += c;
    }
    return out;
}

std::string shown(Timestamp time) {
    std::string text =
        format_rfc3339(time).substr(0, std::string_view("2026-01-17T10:00:00").size());
    text.replace(text.find('T'), 1, " ");
    return text + " UTC";
}

std::string shown(std::chrono::microseconds length) {
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(length).count();
    if (seconds < 60) return std::to_string(seconds) + " s";
    if (seconds < 3'600) return std::to_string(seconds / 60) + " min";
    return std::to_string(seconds / 3'600) + " h " + std::to_string(seconds % 3'600 / 60) + " min";
}

// "address_not_allowed" becomes "address not allowed".
std::string spoken_word(std::string_view word) {
    std::string out(word);
    for (char& c : out) {
        if (c == '_') c = ' ';
    }
    return out;
}

std::string name_of(const ListedStream& stream) {
    return escaped(stream.key_label.empty() ? stream.path : stream.key_label);
}

std::string end_of(const ListedStream& stream) {
    if (!stream.ended_at) return "on air";
    std::string text = shown(*stream.ended_at);
    if (stream.end_reason) text += " (" + spoken_word(to_string(*stream.end_reason)) + ")";
    return text;
}

// What was shorter than the interval between two polls was not measured.
std::string most_viewers(const ListedStream& stream) {
    if (stream.totals) return std::to_string(stream.totals->peak_readers);
    return stream.state == StreamState::kEnded ? "not measured" : "unknown";
}

void add_on_air(std::string& out, const IncidentReport& report) {
    out += "\n## On air\n\n";
    if (report.streams.empty()) {
        out += "Nothing was on air.\n";
        return;
    }
    out += "| device | broadcaster | from | until | length | gaps | most viewers |\n";
    out += "|---|---|---|---|---|---|---|\n";
    for (const auto& reported : report.streams) {
        const auto& stream = reported.stream;
        const auto until = stream.ended_at.value_or(report.made_at);
        out += "| " + name_of(stream) + " | " + escaped(stream.broadcaster_name) + " | " +
               shown(reported.from()) + (reported.joined_at ? " (was on air)" : "") + " | " +
               end_of(stream) + " | " + shown(until - reported.from()) + " | " +
               (reported.has_more_gaps ? "more than " : "") + std::to_string(reported.gaps.size()) +
               " | " + most_viewers(stream) + " |\n";
    }
    if (report.has_more_streams) {
        out += "\nThese are the newest " + std::to_string(report.streams.size()) +
               " streams; there were more.\n";
    }
}

void add_gaps(std::string& out, const IncidentReport& report) {
    std::string rows;
    for (const auto& reported : report.streams) {
        for (const auto& gap : reported.gaps) {
            rows += "| " + name_of(reported.stream) + " | " + shown(gap.from) + " | " +
                    (gap.to ? shown(*gap.to) : "not ended") + " | " +
                    shown(gap.to.value_or(report.made_at) - gap.from) + " |\n";
        }
    }
    out += "\n## Gaps\n\n";
    out += rows.empty() ? "There were no gaps.\n"
                        : "| device | from | until | length |\n|---|---|---|---|\n" + rows;
}

// By what right a viewer watched.
std::string right_of(const ReportedViewer& reported) {
    const auto& grants = reported.viewer.grants;
    if (reported.guest_link_id) {
        return "guest link " + escaped(reported.guest_link.empty()
                                           ? reported.guest_link_id->to_string()
                                           : reported.guest_link);
    }
    if (grants.empty()) return "the address alone";
    return grants.front().viewer_id ? escaped(*grants.front().viewer_id) : "a playback token";
}

std::string put_out(const ReportedViewer& reported) {
    if (reported.put_out_at) return shown(*reported.put_out_at);
    if (!reported.right_ended_at) return "no";
    return "no: refused since " + shown(*reported.right_ended_at) +
           ", but HLS goes on until its player stops";
}

void add_viewers(std::string& out, const IncidentReport& report) {
    out += "\n## Who watched\n\n";
    if (report.viewers.empty()) {
        out += "Nobody is known to have watched.\n";
        return;
    }
    out += "| device | by | protocol | from address | from | until | put out |\n";
    out += "|---|---|---|---|---|---|---|\n";
    for (const auto& reported : report.viewers) {
        const Viewer& viewer = reported.viewer;
        out += "| " + escaped(reported.device) + " | " + right_of(reported) + " | " +
               std::string(to_string(viewer.protocol)) + " | " + escaped(viewer.remote_address) +
               " | " + shown(viewer.since) + " | " +
               (viewer.until ? shown(*viewer.until) : "watching") + " | " + put_out(reported) +
               " |\n";
    }
    if (report.has_more_viewers) out += "\nMore have watched than this report shows.\n";
}

void add_refusals(std::string& out, const IncidentReport& report) {
    out += "\n## Who was refused\n\n";
    if (report.refusals.empty()) {
        out += "Nobody is known to have been refused.\n";
        return;
    }
    out += "| last time | wanted to | path | protocol | from address | reason | times |\n";
    out += "|---|---|---|---|---|---|---|\n";
    for (const auto& attempt : report.refusals) {
        const auto link = report.guest_links.find(attempt.path);
        const bool is_guest = link != report.guest_links.end();
        // All guests of a network count together.
        const auto& from = is_guest ? attempt.network : attempt.remote_address;
        out += "| " + shown(attempt.last_at) + " | " +
               (attempt.action == RefusedAction::kPublish ? "publish" : "watch") + " | " +
               escaped(is_guest && !link->second.empty() ? "guest link " + link->second
                                                         : attempt.path) +
               " | " + (is_guest ? "page" : std::string(to_string(attempt.protocol))) + " | " +
               escaped(from) + " | " + escaped(spoken_word(attempt.reason)) + " | " +
               std::to_string(attempt.times) + " |\n";
    }
    if (report.has_more_refusals) out += "\nMore was refused than this report shows.\n";
}

// Returns the name that the audit entry contains; empty: none.
std::string name_in(const AuditEntry& entry) {
    const auto metadata = json::parse(entry.metadata.text());
    if (!metadata || !metadata->IsObject()) return {};
    for (const char* member : {"key_name", "display_name", "label", "path"}) {
        const auto found = metadata->FindMember(member);
        if (found != metadata->MemberEnd() && found->value.IsString()) {
            return {found->value.GetString(), found->value.GetStringLength()};
        }
    }
    // A revocation of playback tokens says which ones.
    for (const auto& [member, words] : {std::pair{"viewer_id", "of "}, std::pair{"token_id", ""},
                                        std::pair{"owner", "made by "}}) {
        const auto found = metadata->FindMember(member);
        if (found != metadata->MemberEnd() && found->value.IsString()) {
            return words + std::string(found->value.GetString(), found->value.GetStringLength());
        }
    }
    return {};
}

// A front end reports what it did beside the entry of the server, in its own words ("delete" for a
// revocation).
std::string_view origin_of(const AuditEntry& entry) {
    return entry.origin == AuditOrigin::kApi ? " (as the caller reported it)" : "";
}

void add_actions(std::string& out, const IncidentReport& report) {
    out += "\n## Who did what\n\n";
    if (report.actions.empty()) {
        out += "Nothing was done.\n";
        return;
    }
    out += "| time | who | from | what | outcome |\n|---|---|---|---|---|\n";
    for (const auto& entry : report.actions) {
        const std::string name = name_in(entry);
        out += "| " + shown(entry.timestamp) + " | " + escaped(entry.actor) + " | " +
               escaped(entry.ip_address) + " | " + escaped(spoken_word(entry.action)) + " " +
               escaped(spoken_word(entry.resource_type.value_or(""))) +
               (name.empty() ? "" : " " + escaped(name)) + std::string(origin_of(entry)) + " | " +
               std::string(to_string(entry.outcome)) + " |\n";
    }
    if (report.has_more_actions) out += "\nMore was done: the audit log has all of it.\n";
}

}  // namespace

std::string to_markdown(const IncidentReport& report) {
    const Incident& incident = report.details.incident;
    std::string out = "# " + escaped(incident.name) + "\n\n";
    if (!incident.reference.empty()) out += "- Reference: " + escaped(incident.reference) + "\n";
    out += "- Opened: " + shown(incident.created_at) + " by " + escaped(incident.created_by) + "\n";
    out += incident.closed_at ? "- Closed: " + shown(*incident.closed_at) + " by " +
                                    escaped(incident.closed_by) + "\n"
                              : "- Closed: not yet\n";
    out += "- Report made: " + shown(report.made_at) + "\n";
    add_on_air(out, report);
    add_gaps(out, report);
    add_viewers(out, report);
    add_refusals(out, report);
    add_actions(out, report);
    return out;
}

}  // namespace rescuestream
