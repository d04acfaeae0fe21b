#pragma once

#include <optional>
#include <string>

#include "connection.hpp"
#include "host.hpp"

namespace rescuestream::cli {

/// What may be given before or after any command.
struct GlobalOptions {
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

/// Where the server and we keep what is ours: --data-dir, DATA_DIR, for root /var/lib/rescuestream,
/// else $XDG_DATA_HOME/rescuestream or ~/.local/share/rescuestream.
Result<std::string> data_directory(const GlobalOptions& options, const Host& host);

/// The value of a variable that holds a secret, or what stands in the file that NAME_FILE names, as
/// the server takes it; empty: neither is set. kInvalidArgument: the file.
Result<Secret> environment_secret(const Host& host, std::string_view name);

/// That of --api-secret-file or API_SECRET; empty: neither is given. kInvalidArgument: the file.
Result<Secret> given_api_secret(const GlobalOptions& options, const Host& host);

/// The URL of --server or RESCUESTREAM_SERVER, if there is one.
std::optional<std::string> server_url(const GlobalOptions& options, const Host& host);

/// The addresses of encoders and viewers: MEDIAMTX_PUBLIC_URL and what overrides parts of it.
Result<PublicAddresses> public_addresses(const Host& host);

/// `url` when it is a plain http(s)://host[:port]; kInvalidArgument names `option`.
Result<std::string> check_origin(const std::string& url, std::string_view option);

/// Which of the two ways is meant, with all settings of it. kInvalidArgument names the option or
/// the environment variable that is wrong.
Result<Connection> resolve_connection(const GlobalOptions& options, const Host& host,
                                      const std::string& command_line);

}  // namespace rescuestream::cli
