#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "connection.hpp"
#include "host.hpp"
#include "settings/settings.hpp"

namespace rescuestream::cli {

/// What may be given before or after any command.
struct GlobalOptions {
    std::string config_file;      ///< --config, else CONFIG_FILE.
    std::string server;           ///< --server, else RESCUESTREAM_SERVER.
    std::string api_secret_file;  ///< --api-secret-file, else API_SECRET, else DATA_DIR/api-secret.
    std::string auth = "hmac";    ///< --auth
    std::string key_name;         ///< --key-name
    std::string data_dir;         ///< --data-dir, else DATA_DIR, else the user's own.
    bool json = false;
    bool quiet = false;
};

/// The environment's value; empty when it is not set or is the empty text.
std::optional<std::string> environment_text(const Host& host, std::string_view name);

/// The settings of the table that are for `used_for` (see settings/rows.hpp), from options,
/// environment and file. kInvalidArgument: `fields` names each that is wrong.
Result<Settings> read_settings(const GlobalOptions& options, const Host& host, unsigned used_for);

/// The same for a command: those of a command that works through a server when one is named, else
/// those of one that works on the database, and those for `also`.
Result<Settings> command_settings(const GlobalOptions& options, const Host& host,
                                  unsigned also = 0);

/// Where the server and we keep what is ours. kInvalidArgument: there is no HOME to keep it in.
Result<std::string> data_directory(const Settings& settings, const Host& host);

/// `url` when it is a plain http(s)://host[:port]; kInvalidArgument names `option`.
Result<std::string> check_origin(const std::string& url, std::string_view option);

/// Which of the two ways is meant, with all settings of it. kInvalidArgument names each option or
/// setting that is wrong.
Result<Connection> resolve_connection(const GlobalOptions& options, const Host& host,
                                      const std::string& command_line);

/// The same for a command that works on the database alone. kInvalidArgument when a server is
/// named, too.
Result<Connection> resolve_database(const GlobalOptions& options, const Host& host,
                                    const std::string& command_line);

}  // namespace rescuestream::cli
