#include "commands/stream_show.hpp"

#include <fmt/format.h>

#include <ostream>

#include "arguments.hpp"
#include "commands/addresses.hpp"
#include "commands/path_sharing.hpp"
#include "commands/verbs.hpp"
#include "output.hpp"
#include "rescuestream/json.hpp"
#include "support/redaction.hpp"
#include "times.hpp"

namespace rescuestream::cli {
namespace {

std::string rate_with_peak(std::uint64_t bitrate, std::uint64_t peak) {
    return fmt::format("{} (at most {})", show_bitrate(bitrate), show_bitrate(peak));
}

std::string viewers_of(const StreamFigures& figures) {
    std::uint32_t sum = 0;
    std::string by_protocol;
    for (const auto& [protocol, count] : figures.readers) {
        sum += count;
        by_protocol += fmt::format("{}{} {}", by_protocol.empty() ? "" : ", ", protocol, count);
    }
    if (by_protocol.empty()) return fmt::format("0 (at most {})", figures.peak_readers);
    return fmt::format("{}: {} (at most {})", sum, by_protocol, figures.peak_readers);
}

void add_figures(Details& details, const StreamFigures& figures, Timestamp now) {
    std::string tracks;
    for (const auto& track : figures.tracks) tracks += (tracks.empty() ? "" : ", ") + track;
    details.add("Measured", show_time(figures.measured_at, now));
    details.add("Bitrate", rate_with_peak(figures.bitrate, figures.peak_bitrate));
    details.add("Received", show_bytes(figures.inbound_bytes));
    details.add("Tracks", tracks.empty() ? "-" : tracks);
    details.add("Viewers", viewers_of(figures));
    if (!figures.remote_address.empty()) details.add("Encoder at", figures.remote_address);
    if (figures.frames_in_error) {
        details.add("Frames in error", std::to_string(*figures.frames_in_error));
    }
}

void add_times(Details& details, const Stream& stream, Timestamp now) {
    details.add("Started", show_time(stream.started_at, now));
    if (stream.last_seen_at) details.add("Last seen", show_time(stream.last_seen_at, now));
    if (stream.interrupted_at) details.add("Interrupted", show_time(stream.interrupted_at, now));
    if (stream.interruptions > 0) {
        details.add("Interruptions", fmt::format("{}, {} in all", stream.interruptions,
                                                 show_gap(stream.interrupted_for)));
    }
    if (stream.ended_at) details.add("Ended", show_time(stream.ended_at, now));
    details.add("Lasted", show_length(stream, now));
}

std::string named(const std::string& name, const std::string& id) {
    return name.empty() ? id : name + " (" + id + ")";
}

void add_sharing_of_stream(Details& details, AdminApi& admin, const Stream& stream) {
    if (stream.state == StreamState::kEnded) return;
    const auto key = admin.keys().find_stream_key(stream.stream_key_id);
    if (!key || !key->policies.priority) return;
    const auto path = keys_of_path(admin, key->playback_path);
    if (!path || path->is_shared()) {
        details.add("Its path is",
                    path ? show_sharing(*path, key->id) : "unknown: " + path.error().message);
    }
}

void show_details(const Program& program, AdminApi& admin, const StreamWithAddresses& found) {
    const auto& [stream, addresses, figures] = found;
    const Timestamp now = admin.now();
    Details details;
    details.add("Id", stream.id.to_string());
    details.add("State", show_state(stream));
    if (stream.not_playable_reason) {
        details.add("Not playable", {*stream.not_playable_reason, Colour::kWarning});
    }
    if (stream.note) details.add("Note", {*stream.note, Colour::kWarning});
    if (stream.over_bitrate_since) {
        details.add("Over its bitrate", {"since " + show_time(stream.over_bitrate_since, now) +
                                             ": more than the key's max_bitrate",
                                         Colour::kWarning});
    }
    details.add("Path", stream.path);
    details.add("Broadcaster", named(stream.broadcaster_name, stream.broadcaster_id.to_string()));
    details.add("Stream key", named(stream.key_label, stream.stream_key_id.to_string()));
    add_sharing_of_stream(details, admin, stream);
    details.add("Protocol", show_protocol(stream.source_type));
    if (stream.playback_policy) {
        details.add("Playback policy", *stream.playback_policy == PlaybackPolicy::kSigned
                                           ? "signed: who watches needs a playback token"
                                           : "public");
    }
    details.add("Connection", stream.source_id ? stream.source_id->value : "-");
    details.add("Connections so far", std::to_string(stream.generation));
    details.add("Node", stream.node);
    if (stream.incident_id) details.add("Incident", stream.incident_id->to_string());
    add_times(details, stream, now);
    if (figures) add_figures(details, *figures, now);
    if (stream.totals) {
        details.add("Received", show_bytes(stream.totals->inbound_bytes));
        details.add("Highest bitrate", show_bitrate(stream.totals->peak_bitrate));
        details.add("Most viewers", std::to_string(stream.totals->peak_readers));
    }
    if (stream.recording_ref) details.add("Recording", *stream.recording_ref);
    add_addresses(details, addresses);
    details.print(program.host);
    if (holds_key_value(stream.path)) {
        program.host.err << "The encoder publishes to its key as the path, so the addresses "
                            "contain the key; --json shows them.\n";
    }
}

Cell kind_of(const StreamTransition& transition) {
    const std::string word(to_string(transition.kind));
    switch (transition.kind) {
        case TransitionKind::kAccepted:
            return {word};
        case TransitionKind::kStarted:
        case TransitionKind::kResumed:
            return {word, Colour::kGood};
        case TransitionKind::kInterrupted:
            return {word, Colour::kWarning};
        case TransitionKind::kEnded:
            return {word, Colour::kFaint};
    }
    return {word};
}

ListCell moment_cell(Timestamp at) {
    return {{show_moment(at)}, {}, format_rfc3339(at), {}};
}

ListCell gap_cell(const std::optional<std::chrono::milliseconds>& gap) {
    if (!gap) return text_cell("");
    return {
        {show_gap(*gap)}, {}, fmt::format("{}", gap->count()), static_cast<double>(gap->count())};
}

}  // namespace

const std::vector<Column>& timeline_columns() {
    static const std::vector<Column> columns{{"time"}, {"what"},       {"reason"},
                                             {"by"},   {"connection"}, {"gap"}};
    return columns;
}

std::string show_length(const Stream& stream, Timestamp now) {
    return show_duration(stream.ended_at.value_or(now) - stream.started_at);
}

Result<ExitCode> show_stream(const StreamOptions& options, const Program& program) {
    return with_target(program, options.stream, resolve_past_stream,
                       [&](AdminApi& admin, StreamId id) -> Result<ExitCode> {
                           const auto found = admin.streams().find_stream(id);
                           if (!found) return found.error();
                           if (program.options.json) {
                               program.host.out
                                   << (found->figures ? to_json(found->stream, found->addresses,
                                                                *found->figures)
                                                      : to_json(found->stream, found->addresses))
                                   << '\n';
                           } else if (program.options.quiet) {
                               program.host.out << id.to_string() << '\n';
                           } else {
                               show_details(program, admin, *found);
                           }
                           return ExitCode::kOk;
                       });
}

Result<ExitCode> show_timeline(const StreamOptions& options, const Program& program) {
    return run_list(
        program, options.list, [&](AdminApi& admin, const ListForm&) -> Result<ListOutput> {
            const auto id = resolve_past_stream(admin, options.stream);
            if (!id) return id.error();
            const auto timeline = admin.streams().stream_timeline(*id);
            if (!timeline) return timeline.error();
            ListOutput output{"timeline", timeline_columns(), {}, {}, {}, {}, {}};
            for (const auto& line : *timeline) {
                // Transitions have no id: --quiet prints that of the stream.
                output.rows.push_back({output.rows.empty() ? id->to_string() : "",
                                       to_json(line),
                                       {moment_cell(line.at),
                                        word_cell(kind_of(line), std::string(to_string(line.kind))),
                                        text_cell(spoken(line.reason)),
                                        text_cell(std::string(to_string(line.source))),
                                        number_cell(static_cast<std::uint64_t>(line.generation)),
                                        gap_cell(line.gap)}});
            }
            return output;
        });
}

}  // namespace rescuestream::cli
