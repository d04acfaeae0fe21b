#include "settings.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <map>
#include <utility>

#include "files.hpp"
#include "invalid.hpp"
#include "profiles.hpp"
#include "server_place.hpp"
#include "settings/read.hpp"
#include "settings/rows.hpp"
#include "support/control_credential.hpp"
#include "support/url.hpp"

namespace rescuestream::cli {
namespace {

Result<settings::GivenSettings> collect_given(const GlobalOptions& options, const Host& host) {
    std::map<std::string, std::string, std::less<>> by_option;
    if (!options.data_dir.empty()) by_option["DATA_DIR"] = options.data_dir;
    if (!options.server.empty()) {
        auto origin = check_origin(options.server, "--server");
        if (!origin) return std::move(origin).error();
        by_option["RESCUESTREAM_SERVER"] = *std::move(origin);
    }
    const std::string file = options.config_file.empty()
                                 ? environment_text(host, "CONFIG_FILE").value_or("")
                                 : options.config_file;
    auto given = settings::collect_given(file, host.environment, std::move(by_option));
    if (!options.api_secret_file.empty()) given.by_name.erase("API_SECRET");
    return given;
}

Result<Settings> read_given(const settings::GivenSettings& given, const GlobalOptions& options,
                            unsigned used_for) {
    auto read = settings::read_settings(given, used_for);
    if (!read || options.api_secret_file.empty()) return read;
    auto secret = read_secret_file(options.api_secret_file, "--api-secret-file");
    if (!secret) return std::move(secret).error();
    read->api_secret = *std::move(secret);
    auto warning = warning_about_secret_file(options.api_secret_file, "--api-secret-file");
    if (!warning.empty()) read->warnings.push_back(std::move(warning));
    return read;
}

Result<Secret> api_secret(const Settings& settings, const Host& host,
                          std::vector<std::string>& warnings) {
    if (!settings.api_secret.empty()) return settings.api_secret;
    if (const auto directory = data_directory(settings, host)) {
        const std::string path = *directory + "/api-secret";
        if (::access(path.c_str(), R_OK) == 0) {
            auto warning = warning_about_secret_file(path, "DATA_DIR");
            if (!warning.empty()) warnings.push_back(std::move(warning));
            return read_secret_file(path, "DATA_DIR");
        }
    }
    return invalid(
        "The server's API secret is required: give --api-secret-file FILE or set API_SECRET "
        "(there is no readable api-secret in the data directory).");
}

Result<ServerConnection> server_connection(const GlobalOptions& options, const Host& host,
                                           const Settings& settings,
                                           std::vector<std::string>& warnings) {
    auto secret = api_secret(settings, host, warnings);
    if (!secret) return std::move(secret).error();
    ServerConnection server;
    server.url = settings.server_url;
    server.credential =
        options.auth == "shared-secret" ? Credential::kSharedSecret : Credential::kHmac;
    server.key_name = options.key_name.empty() ? "cli:" + host.user : options.key_name;
    server.api_secret = *std::move(secret);
    return server;
}

Result<DirectConnection> direct_connection(const Host& host, Settings settings) {
    DirectConnection direct;
    direct.make_data_directory = settings.database_url.empty();
    const auto directory = data_directory(settings, host);
    if (direct.make_data_directory && !directory) return directory.error();
    // Derived in the same way as in the server, so that MediaMTX, which asks the server, admits
    // both.
    auto secret = find_control_secret(directory.value_or("."), settings.api_secret);
    if (!secret) return std::move(secret).error();
    settings::use_control_secret(settings, *std::move(secret));
    settings::fill_defaults(settings, host.environment);
    direct.database_url = settings.database_url;
    direct.pooler = settings.database_pooler;
    direct.data_directory = settings.data_dir;
    direct.settings = std::move(settings.orchestrator);
    return direct;
}

Connection connection_of(const Host& host, const std::string& command_line, Settings& settings) {
    Connection connection;
    connection.caller.actor = "cli:" + host.user;
    connection.caller.request_method = "CLI";
    connection.caller.request_path = command_line;
    connection.caller.ip_address = "127.0.0.1";
    connection.warnings = std::move(settings.warnings);
    return connection;
}

Result<Connection> connect_to_database(const Host& host, const std::string& command_line,
                                       Settings settings) {
    Connection connection = connection_of(host, command_line, settings);
    auto direct = direct_connection(host, std::move(settings));
    if (!direct) return std::move(direct).error();
    connection.direct = *std::move(direct);
    if (auto warning = settings::warning_about_directory(connection.direct->data_directory)) {
        connection.warnings.push_back(*std::move(warning));
    }
    return connection;
}

// A shell that names the server in its environment may also name the place of its database: then
// commands that work on the database use that. Empty: there is no such place.
std::optional<Host> host_without_server(const GlobalOptions& options, const Host& host) {
    const bool is_in_environment = options.server.empty() && host.environment &&
                                   environment_text(host, "RESCUESTREAM_SERVER").has_value();
    const bool has_place =
        is_given(options, host, "DATABASE_URL") || is_given(options, host, "DATA_DIR");
    if (!is_in_environment || !has_place) return std::nullopt;
    Host without = host;
    without.environment = [given = host.environment](std::string_view name) {
        return name == "RESCUESTREAM_SERVER" ? std::nullopt : given(name);
    };
    return without;
}

}  // namespace

std::optional<std::string> environment_text(const Host& host, std::string_view name) {
    auto value = host.environment(name);
    if (value && value->empty()) return std::nullopt;
    return value;
}

Result<Settings> read_settings(const GlobalOptions& options, const Host& host, unsigned used_for) {
    const auto given = collect_given(options, host);
    return given ? read_given(*given, options, used_for) : given.error();
}

Result<Settings> command_settings(const GlobalOptions& options, const Host& host, unsigned also) {
    const auto given = collect_given(options, host);
    if (!given) return given.error();
    const bool names_server = given->by_name.count("RESCUESTREAM_SERVER") > 0;
    return read_given(*given, options,
                      also | (names_server ? settings::kThrough : settings::kDirect));
}

Result<std::string> data_directory(const Settings& settings, const Host& host) {
    if (!settings.data_dir.empty()) return settings.data_dir;
    if (auto directory = settings::default_data_directory(host.environment)) return *directory;
    return invalid(
        "HOME is not set, so there is no place for a database: set DATA_DIR or DATABASE_URL.");
}

std::string known_data_directory(const GlobalOptions& options, const Host& host) {
    const auto given = collect_given(options, host);
    if (!given) return options.data_dir;
    const auto found = given->by_name.find("DATA_DIR");
    if (found != given->by_name.end()) return found->second.text;
    return settings::default_data_directory(host.environment).value_or("");
}

Result<std::string> check_origin(const std::string& url, std::string_view option) {
    if (url.find('@') != std::string::npos) {
        return invalid(fmt::format(
            "{} must not hold a credential: every user can read the arguments of a process.",
            option));
    }
    const auto parsed = parse_origin(url);
    if (!parsed) return invalid(fmt::format("{} {}.", option, kOriginRule));
    return parsed->origin();
}

bool is_given(const GlobalOptions& options, const Host& host, std::string_view setting) {
    const auto given = collect_given(options, host);
    return given && given->by_name.count(setting) > 0;
}

Result<Connection> resolve_connection(const GlobalOptions& options, const Host& host,
                                      const std::string& command_line) {
    const auto selection = select_profile(options, host);
    if (!selection) return selection.error();
    return resolve_connection(*selection, host, command_line);
}

Result<Connection> resolve_connection(const Selection& selection, const Host& host,
                                      const std::string& command_line) {
    const GlobalOptions& options = selection.options;
    auto settings = command_settings(options, host);
    if (!settings) return std::move(settings).error();
    if (!selection.credential.empty()) settings->api_secret = selection.credential;
    if (settings->server_url.empty()) {
        auto connection = connect_to_database(host, command_line, *std::move(settings));
        // Where the server listens only serves explanations, so these settings may be wrong.
        const auto listening = read_settings(options, host, settings::kHealth);
        if (connection && listening) {
            // Both are derived from API_PORT unless PUBLIC_URL is given.
            connection->direct->settings.public_url = is_given(options, host, "PUBLIC_URL")
                                                          ? connection->direct->settings.public_url
                                                          : listening->orchestrator.public_url;
            if (const auto place = server_place(*listening)) {
                connection->direct->server_origin = place->origin;
            }
        }
        return connection;
    }
    Connection connection = connection_of(host, command_line, *settings);
    auto server = server_connection(options, host, *settings, connection.warnings);
    if (!server) return std::move(server).error();
    connection.server = *std::move(server);
    return connection;
}

Result<Connection> resolve_database(const GlobalOptions& options, const Host& host,
                                    const std::string& command_line) {
    if (!options.profile.empty()) {
        return invalid("This command works on the database itself: leave --profile out.");
    }
    auto settings = command_settings(options, host);
    if (!settings) return std::move(settings).error();
    if (!settings->server_url.empty()) {
        if (const auto without = host_without_server(options, host)) {
            return resolve_database(options, *without, command_line);
        }
        return invalid(
            "This command works on the database itself: leave --server and RESCUESTREAM_SERVER "
            "out, and set DATABASE_URL, or DATA_DIR to the server's data directory.");
    }
    return connect_to_database(host, command_line, *std::move(settings));
}

}  // namespace rescuestream::cli
