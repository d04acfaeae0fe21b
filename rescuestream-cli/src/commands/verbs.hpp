#pragma once

#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "arguments.hpp"
#include "program.hpp"

namespace rescuestream::cli {

/// The verbs of one noun. `Options` holds the values of their command lines; it lives as long as
/// the commands.
template <class Options>
class Verbs {
public:
    using Action = Result<ExitCode> (*)(const Options&, const Program&);

    Verbs(CLI::App& app, Program& program, const char* noun, const char* help)
        : noun_(*app.add_subcommand(noun, help)), program_(program) {}

    CLI::App* add(const char* name, const char* help, Action action) {
        CLI::App* command = noun_.add_subcommand(name, help);
        command->callback([options = options_, &program = program_, action] {
            program.action = [options, &program, action] { return action(*options, program); };
        });
        return command;
    }

    Options& options() { return *options_; }
    Options* operator->() { return options_.get(); }

private:
    CLI::App& noun_;
    Program& program_;
    std::shared_ptr<Options> options_ = std::make_shared<Options>();
};

/// Adds the required first argument of a verb, which names the object of the verb.
inline void add_target(CLI::App* command, const char* name, std::string& target, const char* help) {
    command->add_option(name, target, help)->required()->type_name("");
}

/// Calls `act(admin, id)` with the id of the object that `target` names.
template <class Id, class Act>
Result<ExitCode> with_target(const Program& program, const std::string& target,
                             Result<Id> (*resolve)(AdminApi&, const std::string&), Act act) {
    const auto admin = program.open();
    if (!admin) return admin.error();
    const auto id = resolve(**admin, target);
    if (!id) return id.error();
    return act(**admin, *id);
}

/// The result of a command that may cut off encoders.
struct Change {
    std::string id;
    std::string member;    ///< Name of the object in JSON, "stream_key".
    std::string json;      ///< The object after the change.
    std::string sentence;  ///< For a person: "Stream key … revoked."
    CutoffReport cutoff;
};

void print_change(const Program& program, const Change& change);

/// Prints "1 connection cut off." and what is still pending.
void show_cutoff(const Program& program, const CutoffReport& report);

/// Asks `question` (unless it is empty), calls `change(admin, id)`, which returns Result<Change>,
/// and prints the result.
template <class Id, class MakeChange>
Result<ExitCode> confirm_and_change(const Program& program, const std::string& target, bool yes,
                                    const std::string& question,
                                    Result<Id> (*resolve)(AdminApi&, const std::string&),
                                    MakeChange change) {
    return with_target(program, target, resolve, [&](AdminApi& admin, Id id) -> Result<ExitCode> {
        if (!question.empty()) {
            const auto agreed = confirm(program.host, yes, question);
            if (!agreed || *agreed != ExitCode::kOk) return agreed;
        }
        const Result<Change> changed = change(admin, id);
        if (!changed) return changed.error();
        print_change(program, *changed);
        return ExitCode::kOk;
    });
}

}  // namespace rescuestream::cli
