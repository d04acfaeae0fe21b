#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <ostream>

#include "commands/commands.hpp"
#include "commands/options.hpp"
#include "doctor/checks/checks.hpp"
#include "doctor/installation.hpp"
#include "doctor/report.hpp"
#include "output.hpp"
#include "profiles.hpp"
#include "rescuestream/json.hpp"

namespace rescuestream::cli {
namespace {

using doctor::Diagnosis;
using doctor::Report;
using doctor::Verdict;

struct DoctorOptions {
    std::string output = "text";
    std::string media_mtx_file;
};

const char* verdict_word(Verdict verdict) {
    switch (verdict) {
        case Verdict::kOk:
            return "ok";
        case Verdict::kSkipped:
            return "skipped";
        case Verdict::kWarning:
            return "warning";
        case Verdict::kError:
            return "error";
    }
    return "error";
}

std::size_t count_of(const Report& report, Verdict verdict) {
    return static_cast<std::size_t>(
        std::count_if(report.all().begin(), report.all().end(),
                      [&](const Diagnosis& each) { return each.verdict == verdict; }));
}

Verdict worst_of(const Report& report) {
    Verdict worst = Verdict::kOk;
    for (const auto& each : report.all()) worst = std::max(worst, each.verdict);
    return worst == Verdict::kSkipped ? Verdict::kOk : worst;
}

void print_json(const Program& program, const Report& report) {
    std::string list;
    for (const auto& each : report.all()) {
        list += fmt::format(
            R"({}{{"check":{},"status":"{}"{},"message":{}{}}})", list.empty() ? "" : ",",
            to_json(each.check), verdict_word(each.verdict),
            each.subject.empty() ? "" : ",\"subject\":" + to_json(printable(each.subject)),
            to_json(printable(each.message)),
            each.mend.empty() ? "" : ",\"mend\":" + to_json(printable(each.mend)));
    }
    program.host.out << fmt::format(R"({{"status":"{}","errors":{},"warnings":{},"checks":[{}]}})",
                                    verdict_word(worst_of(report)),
                                    count_of(report, Verdict::kError),
                                    count_of(report, Verdict::kWarning), list)
                     << '\n';
}

void print_text(const Program& program, const Report& report) {
    auto& out = program.host.out;
    for (const auto& each : report.all()) {
        const bool is_fault = each.verdict > Verdict::kSkipped;
        if (program.options.quiet && !is_fault) continue;
        out << fmt::format("{:<8} {:<15} {}{}\n", verdict_word(each.verdict), each.check,
                           each.subject.empty() ? "" : printable(each.subject) + ": ",
                           printable(each.message));
        if (!each.mend.empty()) out << fmt::format("{:25}Mend: {}\n", "", printable(each.mend));
    }
    if (program.options.quiet) return;
    out << fmt::format("{}, {}.\n", counted(count_of(report, Verdict::kError), "error"),
                       counted(count_of(report, Verdict::kWarning), "warning"));
}

Result<ExitCode> examine(const DoctorOptions& options, const Program& program) {
    auto selection = select_profile(program.options, program.host);
    if (!selection) return std::move(selection).error();
    doctor::Installation installation(program, *std::move(selection), options.media_mtx_file);
    Report report;
    for (const auto& check : doctor::all_checks()) {
        report.begin(check.name);
        check.run(installation, report);
    }
    if (program.options.json || options.output == "json") {
        print_json(program, report);
    } else {
        print_text(program, report);
    }
    return worst_of(report) == Verdict::kError ? ExitCode::kUnexpected : ExitCode::kOk;
}

}  // namespace

void add_doctor_commands(CLI::App& app, Program& program) {
    auto* verb = app.add_subcommand(
        "doctor",
        "Examine the whole installation, and say what is wrong and how to mend it; changes "
        "nothing; exit code 0, or 1 with an error");
    auto options = std::make_shared<DoctorOptions>();
    one_of(verb->add_option("--output", options->output, "Form of the result (text)"),
           {"text", "json"});
    verb->add_option("--mediamtx-file", options->media_mtx_file,
                     "Also compare this mediamtx.yml with what MediaMTX uses")
        ->type_name("FILE");
    verb->callback([options, &program] {
        program.action = [options, &program] { return examine(*options, program); };
    });
}

}  // namespace rescuestream::cli
