#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "exit_code.hpp"
#include "host.hpp"
#include "settings.hpp"

namespace CLI {
class App;
}

namespace rescuestream::cli {

/// One run of the program: what was asked for, and what it is done with.
struct Program {
    Host& host;
    GlobalOptions options;
    std::string command_line;  ///< "rescuestream-cli key revoke": for the record, no arguments.
    /// Set by the command that was chosen.
    std::function<Result<ExitCode>()> action;

    /// The library or the server that the settings name.
    Result<std::unique_ptr<AdminApi>> open() const;
    /// The database itself, whatever its schema. kInvalidArgument when a server is named.
    Result<std::unique_ptr<AdminApi>> open_database() const;
};

/// Builds the whole tree of commands on `app`. Also what completion scripts are made from.
void build_commands(CLI::App& app, Program& program);

/// Runs one command line (without the program's name). Never throws; says what went wrong on
/// `host.err`.
ExitCode run(const std::vector<std::string>& arguments, Host& host);

/// Says `error` to a person: its sentence, each wrong field by its option, no secret.
void show_error(const Error& error, Host& host);

}  // namespace rescuestream::cli
