#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rescuestream/result.hpp"
#include "settings.hpp"

namespace rescuestream::server {

/// One row of the table of settings: its flag, its variable, its page in the documentation.
struct SettingRow {
    std::string_view name;          ///< Environment variable, and key in the file ("API_PORT").
    std::string_view default_text;  ///< As shown to people.
    std::string_view help;
    bool is_secret = false;
    /// Reads `text` into the settings; a sentence that begins behind the name when it is wrong.
    std::optional<std::string> (*read)(const std::string& text, Settings& settings);
    /// Shows the value in force. Not called for secrets.
    std::string (*show)(const Settings& settings);
};

/// All settings, in the order in which they are documented.
const std::vector<SettingRow>& setting_rows();

/// `API_PORT` → `--api-port`.
std::string flag_of(const SettingRow& row);

/// What the command line asks for beside settings.
struct CommandLine {
    Settings settings;
    std::string config_file;  ///< Empty: none was read.
    bool check_only = false;
    /// To be printed, then the program ends with this code: help, version, a usage error.
    std::optional<int> exit_code;
    std::string output;
};

using Environment = std::function<std::optional<std::string>(std::string_view name)>;

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

/// The value in force, secrets as `***`, for the start-up log.
std::string shown_value(const SettingRow& row, const Settings& settings);

/// The table of rescuestream-server/docs/configuration.md.
std::string settings_as_markdown();

}  // namespace rescuestream::server
