#pragma once

#include <optional>
#include <string>

#include "rescuestream/result.hpp"
#include "settings/given.hpp"
#include "settings/settings.hpp"

namespace rescuestream::server {

/// What the command line asks for beside settings.
struct CommandLine {
    Settings settings;
    std::string config_file;  ///< Empty: none was read.
    bool check_only = false;
    /// To be printed, then the program ends with this code: help, version, a usage error.
    std::optional<int> exit_code;
    std::string output;
};

/// Flag > environment > file > default. kInvalidArgument: `fields` names every setting that is
/// wrong (the pointer is the setting's name, the detail says where it came from).
Result<CommandLine> read_command_line(int argc, const char* const* argv,
                                      const Environment& environment);

/// What is left out and must not be: API_SECRET is made on the first start and kept in the data
/// directory (mode 0600), DATABASE_URL is SQLite there, and the credential for MediaMTX's control
/// interface is made and kept there too, where the command line finds it. Returns a sentence about
/// API_SECRET for the log, empty when it was given. kUnavailable names the file or directory that
/// cannot be used; kInvalidArgument: everybody can read that credential.
Result<std::string> complete(Settings& settings);

}  // namespace rescuestream::server
