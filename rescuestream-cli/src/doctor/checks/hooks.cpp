#include <fmt/format.h>
#include <unistd.h>

#include "doctor/checks/checks.hpp"
#include "doctor/installation.hpp"
#include "doctor/report.hpp"

namespace rescuestream::cli::doctor {
namespace {

// Returns the program of a command: its first word, without quotes.
std::string program_of(std::string_view command) {
    const char quote = command.empty() ? ' ' : command.front();
    const bool is_quoted = quote == '"' || quote == '\'';
    if (is_quoted) command.remove_prefix(1);
    return std::string(command.substr(0, command.find(is_quoted ? quote : ' ')));
}

}  // namespace

void check_hooks(Installation& installation, Report& report) {
    for_each_configuration(
        installation, report, [&](const NodeFacts& node, const MediaConfiguration& found) {
            const auto& defaults = found.path_defaults;
            std::string_view command = defaults.command("runOnAvailable");
            if (command.empty()) command = defaults.command("runOnReady");
            if (command.find(" hook ready ") == std::string_view::npos) {
                return report.ok(
                    node.subject(),
                    "There is no hook of RescueStream: a stream that begins or ends is "
                    "noticed within a second.");
            }
            const std::string program = program_of(command);
            if (node.is_local() && program.starts_with('/') &&
                ::access(program.c_str(), X_OK) != 0) {
                return report.warning(
                    node.subject(),
                    fmt::format("The hook runs {}, and there is no such program on this machine.",
                                program),
                    "Install rescuestream-cli there, or: rescuestream-cli mediamtx config --merge "
                    "mediamtx.yml --output mediamtx.yml --hook-program FILE (or --no-hooks)");
            }
            report.ok(node.subject(), "Hooks report at once that a stream begins or ends.");
        });
}

}  // namespace rescuestream::cli::doctor
