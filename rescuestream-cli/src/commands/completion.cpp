#include "completion.hpp"

#include <CLI/CLI.hpp>
#include <ostream>

#include "commands/commands.hpp"
#include "program.hpp"

namespace rescuestream::cli {

void add_completion_commands(CLI::App& app, Program& program) {
    auto* noun = app.add_subcommand("completion", "Completion script of a shell");
    noun->add_subcommand("bash", "source <(rescuestream-cli completion bash)")
        ->callback([&app, &program] {
            program.action = [&app, &program]() -> Result<ExitCode> {
                program.host.out << bash_completion(app);
                return ExitCode::kOk;
            };
        });
    noun->add_subcommand("zsh", "source <(rescuestream-cli completion zsh)")
        ->callback([&app, &program] {
            program.action = [&app, &program]() -> Result<ExitCode> {
                program.host.out << zsh_completion(app);
                return ExitCode::kOk;
            };
        });
}

}  // namespace rescuestream::cli
