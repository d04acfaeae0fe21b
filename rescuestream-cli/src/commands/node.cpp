#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <ostream>
#include <utility>

#include "commands/commands.hpp"
#include "commands/field_options.hpp"
#include "commands/field_shower.hpp"
#include "commands/lists.hpp"
#include "commands/options.hpp"
#include "commands/verbs.hpp"
#include "files.hpp"
#include "output.hpp"
#include "rescuestream/json.hpp"

namespace rescuestream::cli {
namespace {

struct NodeOptions {
    std::string name;
    GivenFields fields;  ///< Members of NewNode or NodePatch.
    bool yes = false;
    ListOptions list;
};

Cell show_node_state(const NodeStatus& status) {
    if (status.node.draining) return {"draining", Colour::kWarning};
    switch (status.state) {
        case NodeState::kUp:
            return {"up", Colour::kGood};
        case NodeState::kNotAsking:
            return {"not asking", Colour::kWarning};
        case NodeState::kDegraded:
            return {"degraded", Colour::kWarning};
        case NodeState::kUnreachable:
            return {"unreachable", Colour::kBad};
        case NodeState::kUnknown:
            break;
    }
    return {"-", Colour::kFaint};
}

std::string or_dash(const std::string& text) {
    return text.empty() ? "-" : text;
}

std::string show_enforcement(const NodeStanding& standing) {
    const std::string count =
        standing.unknown.empty() ? "" : fmt::format(" ({} recently)", standing.unknown.size());
    return standing.is_enforced()
               ? fmt::format("yes: publishers that were not accepted here are removed{}", count)
               : fmt::format(
                     "no: until MediaMTX is seen to ask, publishers that were not accepted here "
                     "are "
                     "only reported{}",
                     count);
}

std::string show_unknown(const UnknownSource& source, Timestamp now) {
    return fmt::format("{}  {}  {}  {}", source.path, to_string(source.protocol),
                       or_dash(source.remote_address), show_time(source.seen_at, now));
}

Cell show_note(const PathNote& note) {
    switch (note.kind) {
        case PathNoteKind::kHelper:
            return {
                fmt::format("{}  published by a helper of MediaMTX ({})", note.path, note.reason)};
        case PathNoteKind::kIgnored:
            return {fmt::format("{}  left alone ({})", note.path, note.reason)};
        case PathNoteKind::kNotPlayable:
            return {fmt::format("{}  not playable: {}", note.path, note.reason), Colour::kWarning};
        case PathNoteKind::kNoTakeover:
            return {fmt::format("{}  no takeover: {}", note.path, note.reason), Colour::kWarning};
    }
    return {note.path};
}

Result<ExitCode> show(const Program& program, const NodeStatus& status, Timestamp now) {
    const Node& node = status.node;
    if (program.options.json) {
        program.host.out << to_json(status) << '\n';
        return ExitCode::kOk;
    }
    if (program.options.quiet) {
        program.host.out << printable(node.name) << '\n';
        return ExitCode::kOk;
    }
    Details details;
    details.add("Name", node.name);
    const FieldShower show_field(details);
    show_field(fields::kNodeLabel, node.label);
    details.add("State", show_node_state(status));
    if (!status.reason.empty()) details.add("Reason", {status.reason, Colour::kWarning});
    details.add("MediaMTX", or_dash(status.version));
    details.add("Last seen", show_time(status.seen_at, now));
    if (!status.reconciled_by.empty()) details.add("Supervised by", status.reconciled_by);
    details.add("Enforcing", show_enforcement(status.standing));
    for (const auto& source : status.standing.unknown) {
        details.add("", show_unknown(source, now));
    }
    std::string_view heading = "Paths";
    for (const auto& note : status.path_notes) {
        details.add(std::string(std::exchange(heading, "")), show_note(note));
    }
    const NodeSettings& settings = node;
    fields::for_each_field(settings, [&](const Field& field, const auto& member) {
        if (field.name != fields::kNodeLabel.name) show_field(field, member);
    });
    if (status.is_default) details.add("Set up by", "this installation's settings");
    details.print(program.host);
    return ExitCode::kOk;
}

void warn_of_open_password(const NodeOptions& options, const Program& program) {
    const auto& field = fields::kApiPassword;
    const auto file = options.fields.texts.find(field.name);
    if (file == options.fields.texts.end() || !file->second) return;
    const auto warning = warning_about_secret_file(*file->second, field.option);
    if (!warning.empty()) show_warning(warning, program.errors, program.host);
}

Result<ExitCode> add(const NodeOptions& options, const Program& program) {
    NewNode input;
    input.name = options.name;
    if (auto read = read_fields(options.fields, {}, input); !read) return read.error();
    warn_of_open_password(options, program);
    const auto admin = program.open();
    if (!admin) return admin.error();
    const auto created = (*admin)->nodes().create_node(input);
    if (!created) return created.error();
    const auto shown = show(program, *created, (*admin)->now());
    if (!program.options.json && !program.options.quiet) {
        program.host.out << fmt::format(
            "\nNow its MediaMTX has to ask: rescuestream-cli mediamtx config --node {}\n",
            printable(options.name));
    }
    return shown;
}

const std::vector<Column>& node_columns() {
    using enum Column::Shown;
    static const std::vector<Column> columns{
        {"name"}, {"label", kAlways, 8}, {"state"}, {"mediamtx"}, {"last_seen"}};
    return columns;
}

Result<ListOutput> read_nodes(AdminApi& admin, const ListForm& /*form*/) {
    const auto nodes = admin.nodes().list_nodes();
    if (!nodes) return nodes.error();
    ListOutput output{"nodes", node_columns(), {}, {}, {}, {}, {}};
    for (const auto& status : *nodes) {
        const Cell state = show_node_state(status);
        output.rows.push_back({status.node.name,
                               to_json(status),
                               {text_cell(status.node.name), text_cell(status.node.label),
                                word_cell(state, state.text), text_cell(status.version),
                                time_cell(status.seen_at, admin.now())}});
    }
    return output;
}

Result<ExitCode> list(const NodeOptions& options, const Program& program) {
    return run_list(program, options.list, read_nodes);
}

Result<ExitCode> show_one(const NodeOptions& options, const Program& program) {
    const auto admin = program.open();
    if (!admin) return admin.error();
    const auto found = (*admin)->nodes().find_node(options.name);
    if (!found) return found.error();
    return show(program, *found, (*admin)->now());
}

Result<ExitCode> change(const NodeOptions& options, const Program& program,
                        const NodePatch& patch) {
    const auto admin = program.open();
    if (!admin) return admin.error();
    const auto changed = (*admin)->nodes().update_node(options.name, patch);
    if (!changed) return changed.error();
    return show(program, *changed, (*admin)->now());
}

Result<ExitCode> edit(const NodeOptions& options, const Program& program) {
    if (options.fields.empty()) {
        return usage_error("There is nothing to change: give --label, --api-url, …");
    }
    NodePatch patch;
    if (auto read = read_fields(options.fields, {}, patch); !read) return read.error();
    warn_of_open_password(options, program);
    return change(options, program, patch);
}

Result<ExitCode> drain(const NodeOptions& options, const Program& program) {
    NodePatch patch;
    patch.draining = true;
    return change(options, program, patch);
}

Result<ExitCode> undrain(const NodeOptions& options, const Program& program) {
    NodePatch patch;
    patch.draining = false;
    return change(options, program, patch);
}

Result<ExitCode> enforce(const NodeOptions& options, const Program& program) {
    const auto admin = program.open();
    if (!admin) return admin.error();
    const auto found = (*admin)->nodes().find_node(options.name);
    if (!found) return found.error();
    const auto question =
        fmt::format("Remove every publisher of node {} that RescueStream did not accept ({} now)?",
                    options.name, found->standing.unknown.size());
    if (!found->standing.is_enforced()) {
        const auto agreed = confirm(program.host, options.yes, question);
        if (!agreed || *agreed != ExitCode::kOk) return agreed;
    }
    const auto enforced = (*admin)->nodes().enforce_node(options.name);
    if (!enforced) return enforced.error();
    return show(program, *enforced, (*admin)->now());
}

Result<ExitCode> remove(const NodeOptions& options, const Program& program) {
    const auto admin = program.open();
    if (!admin) return admin.error();
    const auto found = (*admin)->nodes().find_node(options.name);
    if (!found) return found.error();
    const auto question = fmt::format("Remove node {}?", options.name);
    const auto agreed = confirm(program.host, options.yes, question);
    if (!agreed || *agreed != ExitCode::kOk) return agreed;
    const auto removed = (*admin)->nodes().delete_node(options.name);
    if (!removed) return removed.error();
    if (program.options.json) {
        program.host.out << fmt::format("{{\"name\":{}}}\n", to_json(options.name));
    } else if (program.options.quiet) {
        program.host.out << printable(options.name) << '\n';
    } else {
        program.host.out << fmt::format("Node {} removed.\n", printable(options.name));
    }
    return ExitCode::kOk;
}

}  // namespace

void add_node_commands(CLI::App& app, Program& program) {
    Verbs<NodeOptions> verbs(app, program, "node", "MediaMTX servers that are supervised");
    const auto add_name_to = [&](CLI::App* verb) {
        add_target(verb, "NODE", verbs->name, "Name");
        return verb;
    };

    auto* add_verb = verbs.add("add", "Register another MediaMTX", add);
    add_target(add_verb, "NODE", verbs->name, "Name: 1 to 32 of a-z, 0-9 and dashes");
    const NewNode any_new{};
    fields::for_each_field(any_new,
                           OptionAdder(*add_verb, verbs->fields, OptionAdder::Required::kAll));
    add_list_options(*verbs.add("list", "List nodes and their state", list), verbs->list,
                     node_columns());
    add_name_to(verbs.add("show", "Show one node", show_one));
    auto* edit_verb = add_name_to(verbs.add("edit", "Change the given members of a node", edit));
    const NodePatch any_patch{};
    fields::for_each_field(any_patch, OptionAdder(*edit_verb, verbs->fields));
    add_name_to(verbs.add("drain", "Refuse new publishers there; the present ones stay", drain));
    add_name_to(verbs.add("undrain", "Accept publishers there again", undrain));
    auto* enforce_verb = add_name_to(verbs.add(
        "enforce", "Remove publishers that RescueStream did not accept, from now on", enforce));
    add_yes(*enforce_verb, verbs->yes);
    auto* remove_verb =
        add_name_to(verbs.add("remove", "Remove a node; no publisher is kicked", remove));
    add_yes(*remove_verb, verbs->yes);
}

}  // namespace rescuestream::cli
