#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "error_output.hpp"
#include "exit_code.hpp"
#include "host.hpp"
#include "settings.hpp"

namespace CLI {
class App;
}

namespace rescuestream::cli {

/// One run of the program: its options and the objects that it uses.
struct Program {
    Host& host;
    GlobalOptions options;
    /// "rescuestream-cli key revoke", without arguments, for the audit log.
    std::string command_line;
    /// Set by the selected command.
    std::function<Result<ExitCode>()> action;
    ErrorForm errors = ErrorForm::kText;

    /// Opens the library or the server that the settings name.
    Result<std::unique_ptr<AdminApi>> open() const;
    /// Opens the database itself, whatever its schema. kInvalidArgument: a server is named, and no
    /// database beside it.
    Result<std::unique_ptr<AdminApi>> open_database(bool may_create = false) const;
    /// The same, for a database with this program's schema.
    Result<std::unique_ptr<AdminApi>> open_current_database() const;
};

/// Builds the whole tree of commands on `app`. Completion scripts are generated from it too.
void build_commands(CLI::App& app, Program& program);

/// Runs one command line (without the program's name). Never throws; errors are printed on
/// `host.err`.
ExitCode run(const std::vector<std::string>& arguments, Host& host);

}  // namespace rescuestream::cli
