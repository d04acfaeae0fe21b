#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <ostream>

#include "arguments.hpp"
#include "commands/commands.hpp"
#include "commands/lists.hpp"
#include "output.hpp"
#include "program.hpp"
#include "rescuestream/json.hpp"

namespace rescuestream::cli {
namespace {

struct BroadcasterOptions {
    std::string broadcaster;
    std::string name;
    std::string metadata;
    bool has_name = false;
    bool has_metadata = false;
    bool force = false;
    bool yes = false;
    PageOptions page;
};

Result<ExitCode> show(const Program& program, const Broadcaster& broadcaster, Timestamp now) {
    if (program.options.json) {
        program.host.out << to_json(broadcaster) << '\n';
    } else if (program.options.quiet) {
        program.host.out << broadcaster.id.to_string() << '\n';
    } else {
        Details details;
        details.add("Id", broadcaster.id.to_string());
        details.add("Name", broadcaster.display_name);
        details.add("Metadata", broadcaster.metadata.text());
        details.add("Created", show_time(broadcaster.created_at, now));
        details.add("Changed", show_time(broadcaster.updated_at, now));
        details.print(program.host);
    }
    return ExitCode::kOk;
}

Result<ExitCode> add(const BroadcasterOptions& options, const Program& program) {
    NewBroadcaster input;
    input.display_name = options.name;
    if (options.has_metadata) {
        auto metadata = parse_metadata(options.metadata);
        if (!metadata) return std::move(metadata).error();
        input.metadata = *std::move(metadata);
    }
    const auto admin = program.open();
    if (!admin) return admin.error();
    const auto created = (*admin)->create_broadcaster(input);
    if (!created) return created.error();
    return show(program, *created, (*admin)->now());
}

Result<ExitCode> list(const BroadcasterOptions& options, const Program& program) {
    const auto page = page_request(options.page.limit, options.page.cursor);
    if (!page) return page.error();
    const auto admin = program.open();
    if (!admin) return admin.error();
    const auto found = (*admin)->list_broadcasters(*page);
    if (!found) return found.error();
    const Timestamp now = (*admin)->now();
    ListOutput output{"broadcasters",
                      {},
                      {},
                      Table({"ID", "NAME", "CREATED"}),
                      "There are no broadcasters yet: rescuestream-cli broadcaster add NAME",
                      found->next};
    for (const auto& broadcaster : found->items) {
        output.ids.push_back(broadcaster.id.to_string());
        output.items.push_back(to_json(broadcaster));
        output.table.add({broadcaster.id.to_string(), broadcaster.display_name,
                          show_time(broadcaster.created_at, now)});
    }
    print_list(program, output);
    return ExitCode::kOk;
}

Result<ExitCode> show_one(const BroadcasterOptions& options, const Program& program) {
    const auto admin = program.open();
    if (!admin) return admin.error();
    const auto id = resolve_broadcaster(**admin, options.broadcaster);
    if (!id) return id.error();
    const auto found = (*admin)->find_broadcaster(*id);
    if (!found) return found.error();
    return show(program, *found, (*admin)->now());
}

Result<ExitCode> edit(const BroadcasterOptions& options, const Program& program) {
    if (!options.has_name && !options.has_metadata) {
        return usage_error("There is nothing to change: give --name or --metadata.");
    }
    BroadcasterPatch patch;
    if (options.has_name) patch.display_name = options.name;
    if (options.has_metadata) {
        auto metadata = parse_metadata(options.metadata);
        if (!metadata) return std::move(metadata).error();
        patch.metadata = *std::move(metadata);
    }
    const auto admin = program.open();
    if (!admin) return admin.error();
    const auto id = resolve_broadcaster(**admin, options.broadcaster);
    if (!id) return id.error();
    const auto changed = (*admin)->update_broadcaster(*id, patch);
    if (!changed) return changed.error();
    return show(program, *changed, (*admin)->now());
}

Result<ExitCode> remove(const BroadcasterOptions& options, const Program& program) {
    const auto admin = program.open();
    if (!admin) return admin.error();
    const auto id = resolve_broadcaster(**admin, options.broadcaster);
    if (!id) return id.error();
    if (!confirm(program.host, options.yes,
                 fmt::format("Remove broadcaster {} and revoke all of its keys?",
                             options.broadcaster))) {
        return ExitCode::kDeclined;
    }
    const auto report = (*admin)->delete_broadcaster(*id, options.force);
    if (!report) {
        Error error = report.error();
        if (error.code == ErrorCode::kConflict) {
            error.message += " (--force cuts it off.)";
        }
        return error;
    }
    if (program.options.json) {
        program.host.out << "{\"id\":" << to_json(id->to_string())
                         << ",\"cutoff\":" << to_json(*report) << "}\n";
    } else if (program.options.quiet) {
        program.host.out << id->to_string() << '\n';
    } else {
        program.host.out << "Broadcaster " << id->to_string() << " removed, its keys revoked.\n";
        show_cutoff(program, *report);
    }
    return ExitCode::kOk;
}

using Action = Result<ExitCode> (*)(const BroadcasterOptions&, const Program&);

}  // namespace

void add_broadcaster_commands(CLI::App& app, Program& program) {
    auto* noun = app.add_subcommand("broadcaster", "People and units that own stream keys");
    auto options = std::make_shared<BroadcasterOptions>();
    const auto verb = [&](const char* name, const char* help, Action action) {
        auto* command = noun->add_subcommand(name, help);
        command->callback([options, &program, action] {
            program.action = [options, &program, action] { return action(*options, program); };
        });
        return command;
    };
    const auto add_target = [&](CLI::App* command) {
        command->add_option("BROADCASTER", options->broadcaster, "Id, or name if only one has it")
            ->required()
            ->type_name("");
    };
    const auto add_metadata = [&](CLI::App* command) {
        command
            ->add_option_function<std::string>(
                "--metadata",
                [options](const std::string& text) {
                    options->metadata = text;
                    options->has_metadata = true;
                },
                "A JSON object of your own; replaces what was there")
            ->type_name("JSON");
    };

    auto* add_verb = verb("add", "Add a broadcaster", add);
    add_verb->add_option("NAME", options->name, "Name, 1 to 255 characters")
        ->required()
        ->type_name("");
    add_metadata(add_verb);

    auto* list_verb = verb("list", "List broadcasters, newest first", list);
    add_page_options(*list_verb, options->page, "At most so many (all)");

    add_target(verb("show", "Show one broadcaster", show_one));

    auto* edit_verb = verb("edit", "Change name or metadata", edit);
    add_target(edit_verb);
    edit_verb
        ->add_option_function<std::string>(
            "--name",
            [options](const std::string& text) {
                options->name = text;
                options->has_name = true;
            },
            "New name")
        ->type_name("NAME");
    add_metadata(edit_verb);

    auto* remove_verb = verb("remove", "Remove a broadcaster and revoke all of its keys", remove);
    add_target(remove_verb);
    remove_verb->add_flag("--force", options->force, "Also while it is live: cut it off");
    remove_verb->add_flag("-y,--yes", options->yes, "Do not ask");
}

}  // namespace rescuestream::cli
