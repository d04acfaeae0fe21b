#include <CLI/CLI.hpp>
#include <ostream>

#include "commands/commands.hpp"
#include "output.hpp"
#include "program.hpp"
#include "rescuestream/json.hpp"

namespace rescuestream::cli {
namespace {

Cell show_check(CheckStatus status) {
    switch (status) {
        case CheckStatus::kOk:
            return {"ok", Colour::kGood};
        case CheckStatus::kWarning:
            return {"warning", Colour::kWarning};
        case CheckStatus::kFailed:
            return {"failed", Colour::kBad};
    }
    return {"-", Colour::kFaint};
}

void print_table(const Program& program, const HealthReport& report) {
    Table table({"CHECK", "STATUS", "AGE", "REASON"});
    for (const auto& check : report.checks) {
        table.add({check.name, show_check(check.status),
                   check.age ? show_duration(*check.age) : "-",
                   check.reason.empty() ? "-" : check.reason});
    }
    table.print(program.host);
}

Result<ExitCode> show(const Program& program) {
    const auto admin = program.open();
    if (!admin) return admin.error();
    const auto report = (*admin)->health().health();
    if (!report) return report.error();
    const char* word = report->ready ? "ready" : "not ready";
    if (program.options.json) {
        program.host.out << R"({"status":")" << word << R"(","checks":)" << to_json(report->checks)
                         << "}\n";
    } else if (program.options.quiet) {
        program.host.out << word << '\n';
    } else {
        print_table(program, *report);
    }
    return report->ready ? ExitCode::kOk : ExitCode::kUnavailable;
}

}  // namespace

void add_status_commands(CLI::App& app, Program& program) {
    auto* verb = app.add_subcommand("status", "Whether the database and the media servers answer");
    verb->callback([&program] { program.action = [&program] { return show(program); }; });
}

}  // namespace rescuestream::cli
