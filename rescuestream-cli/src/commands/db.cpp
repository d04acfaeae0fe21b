#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <memory>
#include <ostream>

#include "arguments.hpp"
#include "commands/commands.hpp"
#include "commands/db_backup.hpp"
#include "commands/db_copy.hpp"
#include "commands/options.hpp"
#include "output.hpp"
#include "program.hpp"
#include "rescuestream/json.hpp"

namespace rescuestream::cli {
namespace {

struct DbOptions {
    std::optional<int> target;
    std::string file;
    std::string from;
    std::string to;
    bool force = false;
    bool yes = false;
};

std::string pending_text(const SchemaStatus& status) {
    std::string out;
    for (const int number : status.pending) {
        out += (out.empty() ? "" : ", ") + std::to_string(number);
    }
    return out;
}

Result<ExitCode> show(const Program& program, const SchemaReport& report) {
    const auto& status = report.status;
    auto& out = program.host.out;
    if (program.options.json) {
        out << "{\"database\":" << to_json(printable(report.storage))
            << ",\"current\":" << status.current << ",\"latest\":" << status.latest
            << ",\"pending\":[" << pending_text(status) << "]}\n";
    } else if (program.options.quiet) {
        out << status.current << '\n';
    } else {
        Details details;
        details.add("Database", report.storage);
        details.add("Schema", fmt::format("{} of {}", status.current, status.latest));
        if (status.current > status.latest) {
            details.add("State", {"newer than this program", Colour::kBad});
        } else if (status.pending.empty()) {
            details.add("State", {"up to date", Colour::kGood});
        } else {
            details.add("State", {"pending: " + pending_text(status), Colour::kWarning});
        }
        details.print(program.host);
    }
    return ExitCode::kOk;
}

Result<ExitCode> status(const DbOptions&, const Program& program) {
    const auto admin = program.open_database();
    if (!admin) return admin.error();
    const auto report = (*admin)->schema().schema_status();
    if (!report) return report.error();
    return show(program, *report);
}

Result<ExitCode> migrate(const DbOptions& options, const Program& program) {
    const auto admin = program.open_database(true);
    if (!admin) return admin.error();
    if (options.target) {
        const auto before = (*admin)->schema().schema_status();
        if (!before) return before.error();
        const bool backwards = *options.target < before->status.current;
        if (backwards) {
            const auto agreed =
                confirm(program.host, options.yes,
                        fmt::format("Migrate the schema down from {} to {}? Data that only the "
                                    "newer one can hold is lost.",
                                    before->status.current, *options.target));
            if (!agreed || *agreed != ExitCode::kOk) return agreed;
        }
    }
    const auto report = (*admin)->schema().migrate(options.target);
    if (!report) return report.error();
    return show(program, *report);
}

Result<ExitCode> back_up(const DbOptions& options, const Program& program) {
    if (options.force && std::filesystem::exists(options.file)) {
        const auto agreed =
            confirm(program.host, options.yes, fmt::format("Replace the file {}?", options.file));
        if (!agreed || *agreed != ExitCode::kOk) return agreed;
    }
    return back_up_database(program, options.file, options.force);
}

Result<ExitCode> restore(const DbOptions& options, const Program& program) {
    return restore_database(program, options.file, options.yes);
}

Result<ExitCode> copy(const DbOptions& options, const Program& program) {
    return copy_database(program, options.from, options.to);
}

using Action = Result<ExitCode> (*)(const DbOptions&, const Program&);

}  // namespace

void add_db_commands(CLI::App& app, Program& program) {
    auto* noun = app.add_subcommand("db", "The database (DATABASE_URL); never through a server");
    auto options = std::make_shared<DbOptions>();
    const auto verb = [&](const char* name, const char* help, Action action) {
        auto* command = noun->add_subcommand(name, help);
        command->callback([options, &program, action] {
            program.action = [options, &program, action] { return action(*options, program); };
        });
        return command;
    };
    verb("status", "Show the schema of the database", status);
    auto* migrate_verb =
        verb("migrate", "Migrate the schema to the version of this program", migrate);
    migrate_verb->add_option("--to", options->target, "Version to migrate to instead; may be older")
        ->type_name("N")
        ->check(CLI::Range(0, 9'999).description(""));
    add_yes(*migrate_verb, options->yes);
    auto* backup_verb =
        verb("backup", "Copy the SQLite database into a new file, while it is in use", back_up);
    backup_verb->add_option("file", options->file, "The new file")->required()->type_name("FILE");
    backup_verb->add_flag("--force", options->force, "Replace an existing file, after a question");
    add_yes(*backup_verb, options->yes);
    auto* restore_verb = verb("restore", "Replace the SQLite database by a copy", restore);
    restore_verb->add_option("file", options->file, "A file that backup created")
        ->required()
        ->type_name("FILE");
    add_yes(*restore_verb, options->yes);
    auto* copy_verb = verb(
        "copy", "Copy a database into an empty one of another kind, or continue such a copy", copy);
    copy_verb
        ->add_option(
            "from", options->from,
            "sqlite:PATH, postgresql://USER@HOST/NAME, or env:VARIABLE, which contains one")
        ->required()
        ->type_name("FROM");
    copy_verb->add_option("to", options->to, "The same")->required()->type_name("TO");
}

}  // namespace rescuestream::cli
