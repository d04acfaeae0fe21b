#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "connection.hpp"
#include "host.hpp"
#include "settings/settings.hpp"

namespace rescuestream::cli {

/// The options that may be given before or after any command.
struct GlobalOptions {
    std::string config_file;      ///< --config, else CONFIG_FILE.
    std::string server;           ///< --server, else RESCUESTREAM_SERVER.
    std::string profile;          ///< --profile, else RESCUESTREAM_PROFILE, else that in use.
    std::string api_secret_file;  ///< --api-secret-file, else API_SECRET, else DATA_DIR/api-secret.
    std::string auth = "hmac";    ///< --auth
    std::string key_name;         ///< --key-name
    std::string data_dir;         ///< --data-dir, else DATA_DIR, else the user's default directory.
    bool json = false;
    bool quiet = false;
};

/// Returns the value of an environment variable. Returns nothing when it is not set or empty.
std::optional<std::string> environment_text(const Host& host, std::string_view name);

/// Reads the settings that are for `used_for` (see settings/rows.hpp) from options, environment and
/// file. kInvalidArgument: `fields` names each wrong setting.
Result<Settings> read_settings(const GlobalOptions& options, const Host& host, unsigned used_for);

/// Does the same for a command: reads the settings for commands through a server if one is named,
/// otherwise those for commands on the database, and in addition those for `also`.
Result<Settings> command_settings(const GlobalOptions& options, const Host& host,
                                  unsigned also = 0);

/// Whether the setting is given by option, environment or file, also with a wrong value.
bool is_given(const GlobalOptions& options, const Host& host, std::string_view setting);

/// Returns the directory of the database and the secrets that the server and the command line keep.
/// kInvalidArgument: HOME is not set.
Result<std::string> data_directory(const Settings& settings, const Host& host);

/// Returns that directory also if other settings are wrong. Empty: it is not known.
std::string known_data_directory(const GlobalOptions& options, const Host& host);

/// Returns `url` if it is a plain http(s)://host[:port]; kInvalidArgument names `option`.
Result<std::string> check_origin(const std::string& url, std::string_view option);

/// Determines whether a server or a database is to be used, with all settings of it.
/// kInvalidArgument names each wrong option or setting.
Result<Connection> resolve_connection(const GlobalOptions& options, const Host& host,
                                      const std::string& command_line);

struct Selection;
/// Does the same when the profile was chosen already (see select_profile).
Result<Connection> resolve_connection(const Selection& selection, const Host& host,
                                      const std::string& command_line);

/// Does the same for a command that needs the database itself. Returns kInvalidArgument also when a
/// server is named.
Result<Connection> resolve_database(const GlobalOptions& options, const Host& host,
                                    const std::string& command_line);

}  // namespace rescuestream::cli
