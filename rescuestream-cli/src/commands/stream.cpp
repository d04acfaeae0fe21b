#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <ostream>

#include "arguments.hpp"
#include "commands/commands.hpp"
#include "commands/lists.hpp"
#include "commands/options.hpp"
#include "output.hpp"
#include "program.hpp"
#include "rescuestream/json.hpp"

namespace rescuestream::cli {
namespace {

// History grows without end.
constexpr std::size_t kDefaultHistory = 100;

struct StreamOptions {
    std::string stream;
    std::string state = "live";
    std::string key;
    std::string broadcaster;
    bool yes = false;
    PageOptions page;
};

std::string show_length(const Stream& stream, Timestamp now) {
    return show_duration(stream.ended_at.value_or(now) - stream.started_at);
}

Result<StreamQuery> query_of(const StreamOptions& options, AdminApi& admin) {
    StreamQuery query;
    query.state = parse_enum<StreamState>(options.state);  // "all" is none of them
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
    return query;
}

Result<ExitCode> list(const StreamOptions& options, const Program& program) {
    const bool has_history = options.state == "ended" || options.state == "all";
    const std::size_t limit =
        options.page.limit == 0 && has_history ? kDefaultHistory : options.page.limit;
    const auto page = page_request(limit, options.page.cursor);
    if (!page) return page.error();
    const auto admin = program.open();
    if (!admin) return admin.error();
    const auto query = query_of(options, **admin);
    if (!query) return query.error();
    const auto found = (*admin)->list_streams(*query, *page);
    if (!found) return found.error();
    const Timestamp now = (*admin)->now();
    ListOutput output{"streams",
                      {},
                      {},
                      Table({"ID", "BROADCASTER", "PATH", "STATE", "PROTOCOL", "STARTED", "FOR"}),
                      options.state == "live" ? "Nothing is live." : "There are no such streams.",
                      found->next};
    const bool is_table = !program.options.json && !program.options.quiet;
    const auto name_of = is_table && !found->items.empty()
                             ? broadcaster_names(**admin)
                             : [](BroadcasterId id) { return id.to_string(); };
    for (const auto& [stream, addresses] : found->items) {
        output.ids.push_back(stream.id.to_string());
        output.items.push_back(to_json(stream, addresses));
        output.table.add({stream.id.to_string(), name_of(stream.broadcaster_id), stream.path,
                          show_state(stream), show_protocol(stream.source_type),
                          show_time(stream.started_at, now), show_length(stream, now)});
    }
    print_list(program, output);
    return ExitCode::kOk;
}

void show_details(const Program& program, const StreamWithAddresses& found, Timestamp now) {
    const auto& [stream, addresses] = found;
    Details details;
    details.add("Id", stream.id.to_string());
    details.add("State", show_state(stream));
    details.add("Path", stream.path);
    details.add("Broadcaster", stream.broadcaster_id.to_string());
    details.add("Stream key", stream.stream_key_id.to_string());
    details.add("Protocol", show_protocol(stream.source_type));
    details.add("Connection", stream.source_id ? stream.source_id->value : "-");
    details.add("Connections so far", std::to_string(stream.generation));
    details.add("Node", stream.node);
    details.add("Started", show_time(stream.started_at, now));
    if (stream.interrupted_at) details.add("Interrupted", show_time(stream.interrupted_at, now));
    if (stream.ended_at) details.add("Ended", show_time(stream.ended_at, now));
    details.add("Lasted", show_length(stream, now));
    if (stream.recording_ref) details.add("Recording", *stream.recording_ref);
    details.add("HLS", addresses.hls);
    details.add("WebRTC", addresses.webrtc);
    details.add("RTSP", addresses.rtsp);
    details.print(program.host);
    if (printable(stream.path) != stream.path) {
        program.host.err << "The encoder publishes to its key as the path, so that the addresses "
                            "hold the key; --json shows them.\n";
    }
}

Result<ExitCode> show_one(const StreamOptions& options, const Program& program) {
    const auto admin = program.open();
    if (!admin) return admin.error();
    const auto id = resolve_stream(**admin, options.stream);
    if (!id) return id.error();
    const auto found = (*admin)->find_stream(*id);
    if (!found) return found.error();
    if (program.options.json) {
        program.host.out << to_json(found->stream, found->addresses) << '\n';
    } else if (program.options.quiet) {
        program.host.out << id->to_string() << '\n';
    } else {
        show_details(program, *found, (*admin)->now());
    }
    return ExitCode::kOk;
}

Result<ExitCode> stop(const StreamOptions& options, const Program& program) {
    const auto admin = program.open();
    if (!admin) return admin.error();
    const auto id = resolve_stream(**admin, options.stream);
    if (!id) return id.error();
    if (!confirm(program.host, options.yes,
                 fmt::format("Stop stream {}? (Its key stays valid: an encoder that tries again "
                             "comes back.)",
                             options.stream))) {
        return ExitCode::kDeclined;
    }
    const auto result = (*admin)->stop_stream(*id);
    if (!result) return result.error();
    if (program.options.json) {
        program.host.out << "{\"stream\":"
                         << to_json(result->stopped.stream, result->stopped.addresses)
                         << ",\"cutoff\":" << to_json(result->cutoff) << "}\n";
    } else if (program.options.quiet) {
        program.host.out << id->to_string() << '\n';
    } else {
        program.host.out << "Stream " << id->to_string() << ": "
                         << show_state(result->stopped.stream).text << ".\n";
        show_cutoff(program, result->cutoff);
    }
    return ExitCode::kOk;
}

using Action = Result<ExitCode> (*)(const StreamOptions&, const Program&);

}  // namespace

void add_stream_commands(CLI::App& app, Program& program) {
    auto* noun = app.add_subcommand("stream", "What is live, and what was");
    auto options = std::make_shared<StreamOptions>();
    const auto verb = [&](const char* name, const char* help, Action action) {
        auto* command = noun->add_subcommand(name, help);
        command->callback([options, &program, action] {
            program.action = [options, &program, action] { return action(*options, program); };
        });
        return command;
    };
    const auto add_target = [&](CLI::App* command) {
        command->add_option("STREAM", options->stream, "Id, or the path of one that has not ended")
            ->required()
            ->type_name("");
    };

    auto* list_verb = verb("list", "List streams, newest first", list);
    one_of(list_verb->add_option("--state", options->state, "Which (live)"),
           {"live", "reconnecting", "ended", "all"});
    list_verb->add_option("--key", options->key, "Only of this key: id, label or path")
        ->type_name("KEY");
    list_verb->add_option("-b,--broadcaster", options->broadcaster, "Only of this one: id or name")
        ->type_name("BROADCASTER");
    add_page_options(*list_verb, options->page, "At most so many (all; 100 of ended ones)");

    add_target(verb("show", "Show one stream", show_one));

    auto* stop_verb = verb("stop", "Cut off the encoder; its key stays valid", stop);
    add_target(stop_verb);
    stop_verb->add_flag("-y,--yes", options->yes, "Do not ask");
}

}  // namespace rescuestream::cli
