#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "arguments.hpp"
#include "commands/commands.hpp"
#include "commands/options.hpp"
#include "commands/stream_options.hpp"
#include "commands/stream_show.hpp"
#include "commands/verbs.hpp"
#include "output.hpp"
#include "rescuestream/json.hpp"
#include "times.hpp"

namespace rescuestream::cli {
namespace {

// The history of streams can be very long.
constexpr std::size_t kDefaultHistory = 100;

Result<StreamQuery> query_of(const StreamOptions& options, AdminApi& admin) {
    StreamQuery query;
    query.state = parse_enum<StreamState>(options.state);  // "all" is not a state
    if (!options.node.empty()) query.node = options.node;
    if (!options.label.empty()) query.label = options.label;
    if (!options.from.empty()) {
        const auto from = parse_past(options.from, "--from", admin.now());
        if (!from) return from.error();
        query.from = *from;
    }
    if (!options.to.empty()) {
        const auto to = parse_past(options.to, "--to", admin.now());
        if (!to) return to.error();
        query.to = *to;
    }
    if (!options.key.empty()) {
        const auto key = resolve_stream_key(admin, options.key);
        if (!key) return key.error();
        query.stream_key_id = *key;
    }
    if (!options.broadcaster.empty()) {
        const auto broadcaster = resolve_broadcaster(admin, options.broadcaster);
        if (!broadcaster) return broadcaster.error();
        query.broadcaster_id = *broadcaster;
    }
    if (!options.incident.empty()) {
        const auto incident = resolve_incident(admin, options.incident);
        if (!incident) return incident.error();
        query.incident_id = *incident;
    }
    return query;
}

const std::vector<Column>& stream_columns() {
    using enum Column::Shown;
    static const std::vector<Column> columns{{"id", kWide},
                                             {"label", kAlways, 8},
                                             {"broadcaster", kAlways, 8},
                                             {"path", kAlways, 17},
                                             {"state"},
                                             {"protocol", kWide},
                                             {"bitrate"},
                                             {"viewers"},
                                             {"since"},
                                             {"length", kWide},
                                             {"node", kWide},
                                             {"playback_policy", kWide}};
    return columns;
}

ListRow row_of(const StreamWithAddresses& item, Timestamp now) {
    const ListedStream& stream = item.stream;
    const auto protocol = show_protocol(stream.source_type);
    return {
        stream.id.to_string(),
        to_json(stream, item.addresses),
        {text_cell(stream.id.to_string()), text_cell(stream.key_label),
         text_cell(stream.broadcaster_name), text_cell(stream.path),
         word_cell(show_state(stream), std::string(to_string(stream.state))),
         text_cell(protocol == "-" ? "" : protocol), bitrate_cell(stream.bitrate),
         number_cell(stream.viewers), time_cell(stream.started_at, now),
         length_cell(stream.ended_at.value_or(now) - stream.started_at), text_cell(stream.node),
         text_cell(stream.playback_policy ? std::string(to_string(*stream.playback_policy)) : "")}};
}

// Encoders that were just lost are what somebody looks for who finds nothing.
std::string nothing_is_live(AdminApi& admin) {
    StreamQuery query;
    query.state = StreamState::kReconnecting;
    const auto waiting = admin.streams().list_streams(query, {});
    if (!waiting || waiting->items.empty()) return "Nothing is live.";
    const auto count = waiting->items.size();
    return fmt::format(
        "Nothing is live. {} for {} encoder to come back: "
        "rescuestream-cli stream list --state reconnecting",
        count == 1 ? "1 stream waits" : fmt::format("{} streams wait", count),
        count == 1 ? "its" : "their");
}

Result<ExitCode> list(const StreamOptions& options, const Program& program) {
    const bool has_history = options.state == "ended" || options.state == "all";
    const std::size_t limit =
        options.page.limit == 0 && has_history ? kDefaultHistory : options.page.limit;
    const auto page = page_request(limit, options.page.cursor);
    if (!page) return page.error();
    return run_list(
        program, options.list, [&](AdminApi& admin, const ListForm&) -> Result<ListOutput> {
            const auto query = query_of(options, admin);
            if (!query) return query.error();
            const auto found = admin.streams().list_streams(*query, *page);
            if (!found) return found.error();
            ListOutput output{"streams", stream_columns(), {}, {}, found->next, {}, {}};
            output.empty =
                options.state == "live" ? nothing_is_live(admin) : "There are no such streams.";
            // How long an ended stream lasted says more than its bitrate, which it does not have.
            if (has_history) {
                for (auto& column : output.columns) {
                    if (column.name == "bitrate" || column.name == "viewers") {
                        column.shown = Column::Shown::kWide;
                    }
                    if (column.name == "length") column.shown = Column::Shown::kAlways;
                }
            }
            for (const auto& item : found->items) output.rows.push_back(row_of(item, admin.now()));
            return output;
        });
}

Result<ExitCode> stop(const StreamOptions& options, const Program& program) {
    const auto block = parse_length(options.block, "--block");
    if (!block) return block.error();
    const std::string after =
        block->count() == 0 ? "Its key stays valid: an encoder that tries again comes back."
                            : fmt::format("Its key is refused for {}, then it is valid again.",
                                          show_duration(*block));
    return confirm_and_change(
        program, options.stream, options.yes,
        fmt::format("Stop stream {}? ({})", options.stream, after), resolve_stream,
        [&](AdminApi& admin, StreamId id) -> Result<Change> {
            const auto result = admin.streams().stop_stream(id, *block);
            if (!result) return result.error();
            const auto& stopped = result->stopped;
            const std::string until = block->count() == 0
                                          ? ""
                                          : " Its key is refused until " +
                                                show_time(admin.now() + *block, admin.now()) + ".";
            return Change{id.to_string(), "stream", to_json(stopped.stream, stopped.addresses),
                          fmt::format("Stream {}: {}.{}", id.to_string(),
                                      show_state(stopped.stream).text, until),
                          result->cutoff};
        });
}

}  // namespace

void add_stream_commands(CLI::App& app, Program& program) {
    Verbs<StreamOptions> verbs(app, program, "stream", "Live and ended streams");
    const auto add_target_to = [&](CLI::App* verb, const char* help) {
        add_target(verb, "STREAM", verbs->stream, help);
        return verb;
    };
    constexpr const char* kAny =
        "Id, or path: names the stream that has not ended, else the last one";

    auto* list_verb = verbs.add("list", "List streams, newest first", list);
    auto* state =
        one_of(list_verb->add_option("--state", verbs->state, "State of the streams (live)"),
               {"live", "reconnecting", "ended", "all"});
    list_verb
        ->add_flag_callback(
            "--all", [&all = verbs->state] { all = "all"; }, "The same as --state all")
        ->excludes(state);
    list_verb->add_option("--key", verbs->key, "Only streams of this key: id, label or path")
        ->type_name("KEY");
    list_verb
        ->add_option("-b,--broadcaster", verbs->broadcaster,
                     "Only streams of this broadcaster: id or name")
        ->type_name("BROADCASTER");
    list_verb
        ->add_option("--incident", verbs->incident,
                     "Only streams of this incident: id, name or reference")
        ->type_name("INCIDENT");
    list_verb->add_option("--label", verbs->label, "Only streams of keys with this label")
        ->type_name("TEXT");
    list_verb->add_option("--node", verbs->node, "Only streams on this media server")
        ->type_name("NODE");
    list_verb
        ->add_option("--from", verbs->from,
                     "Started at or after: 10:00, 2026-12-01, RFC 3339, or how long ago (12h, 30d)")
        ->type_name("TIME");
    list_verb->add_option("--to", verbs->to, "Started before")->type_name("TIME");
    add_page_options(*list_verb, verbs->page,
                     "Maximum number of streams (all; 100 with ended ones)");
    add_list_options(*list_verb, verbs->list, stream_columns());

    add_target_to(verbs.add("show", "Show one stream and what it delivers", show_stream), kAny);
    auto* timeline_verb = add_target_to(
        verbs.add("timeline", "Show the transitions of a stream", show_timeline), kAny);
    add_list_options(*timeline_verb, verbs->list, timeline_columns());

    auto* stop_verb =
        add_target_to(verbs.add("stop", "Cut off the encoder; its key stays valid", stop),
                      "Id, or path of a stream that has not ended");
    stop_verb
        ->add_option("--block", verbs->block,
                     "Time for which its key is refused: seconds, or 10m, 12h, 1d (0)")
        ->type_name("LENGTH");
    add_yes(*stop_verb, verbs->yes);
}

}  // namespace rescuestream::cli
