#pragma once

#include <optional>
#include <string>

#include "rescuestream/result.hpp"
#include "settings/given.hpp"
#include "settings/settings.hpp"

namespace rescuestream::server {

/// What the command line specifies in addition to the settings.
struct CommandLine {
    Settings settings;
    std::string config_file;  ///< Empty: no file was read.
    bool check_only = false;
    /// Set for help, version and usage errors: print `output`, then exit with this code.
    std::optional<int> exit_code;
    std::string output;
};

/// Reads the settings. A flag takes precedence over the environment, the environment over the file,
/// and the file over the default. kInvalidArgument: `fields` names every setting that is wrong (the
/// pointer is the name of the setting, the detail says where its value came from).
Result<CommandLine> read_command_line(int argc, const char* const* argv,
                                      const Environment& environment);

}  // namespace rescuestream::server
