#include "commands/mediamtx_options.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <optional>
#include <ostream>
#include <utility>

#include "error_output.hpp"
#include "files.hpp"
#include "invalid.hpp"
#include "profiles.hpp"
#include "program.hpp"
#include "settings/rows.hpp"
#include "support/control_credential.hpp"
#include "support/ip_address.hpp"
#include "support/media_credential.hpp"
#include "support/secret_file.hpp"
#include "support/url.hpp"

namespace rescuestream::cli {
namespace {

// Returns the address of the server's own listener for MediaMTX, as MediaMTX on this machine
// reaches it.
std::optional<std::string> media_listen_origin(const ListenPlace& place) {
    // MediaMTX cannot use a Unix socket.
    if (place.host.empty() || place.host.starts_with("unix:")) return std::nullopt;
    std::string host = place.host;
    if (host == "*" || host == "localhost" || host == "0.0.0.0" || host == "::") {
        host = "127.0.0.1";
    }
    if (host.find(':') != std::string::npos) host = "[" + host + "]";
    return "http://" + host + ":" + std::to_string(place.port);
}

// Returns the address at which MediaMTX asks. The server of --server, RESCUESTREAM_SERVER or a
// profile is where commands reach it, often from another machine, so it is none.
Result<std::string> auth_origin(const ConfigOptions& options, const Settings& settings) {
    if (!options.server_url.empty()) return check_origin(options.server_url, "--server-url");
    if (auto origin = media_listen_origin(settings.media_listen)) {
        return check_origin(*origin, "MEDIA_LISTEN");
    }
    return check_origin("http://127.0.0.1:" + std::to_string(settings.api_port), "API_PORT");
}

bool is_on_this_machine(const std::string& origin) {
    const auto url = parse_http_url(origin);
    return url && (url->host == "localhost" || is_loopback_address(url->host));
}

// Somebody who names a server on another machine may be at a MediaMTX that is not beside it.
void warn_of_server_elsewhere(const ConfigOptions& options, const Settings& settings,
                              const Program& program) {
    const std::string& server = settings.server_url;
    if (!options.server_url.empty() || server.empty() || is_on_this_machine(server)) return;
    show_warning(fmt::format("MediaMTX asks {}, which is right beside the server. On another "
                             "machine than the server's, give --server-url: {} is where commands "
                             "reach it.",
                             options.config.server_origin, server),
                 program.errors, program.host);
}

Result<Secret> control_secret_of(const Settings& settings, const Host& host, bool only_reads) {
    const auto directory = data_directory(settings, host);
    if (only_reads) return find_control_secret(directory.value_or("."), settings.api_secret);
    if (!directory) return directory.error();
    if (auto made = make_data_directory(*directory); !made) return made.error();
    return keep_control_secret(*directory, settings.api_secret);
}

// The credential of the node. A MediaMTX on the server's machine needs none, so it gets one only if
// there is to be a file for its hooks. Empty: the secret that it is derived from is not known here.
Result<Secret> node_secret(const ConfigOptions& options, const Settings& settings,
                           const Host& host) {
    const bool is_needed =
        !is_on_this_machine(options.config.server_origin) || !options.media_secret_file.empty();
    if (!is_needed || has_secrets_elsewhere(settings)) return Secret();
    const auto secret = control_secret_of(settings, host, options.only_reads);
    if (!secret) return secret.error();
    const std::string& node = options.config.node;
    return media_secret_of(*secret, node.empty() ? settings.orchestrator.node : node);
}

// Creates the file with the credential of the node, or replaces the one of before in it.
Result<void> keep_node_secret(const std::string& file, const Secret& secret) {
    const auto kept = keep_secret(file, secret);
    if (!kept) return kept.error();
    const bool is_outdated = kept->secret.reveal().starts_with(kMediaSecretPrefix) &&
                             !kept->secret.equals(secret.reveal());
    return is_outdated ? replace_kept_secret(file, secret) : Result<void>();
}

Result<void> fill_secret(ConfigOptions& options, const Settings& settings, const Host& host) {
    const std::string& file = options.media_secret_file;
    options.config.media_secret = settings.media_secret;
    if (settings.media_secret.empty()) {
        auto secret = node_secret(options, settings, host);
        if (!secret) return std::move(secret).error();
        options.config.media_secret = *std::move(secret);
        if (!file.empty() && !options.config.media_secret.empty() && !options.only_reads) {
            if (auto kept = keep_node_secret(file, options.config.media_secret); !kept) return kept;
        }
    }
    if (file.empty()) return {};
    const auto warning = warning_about_secret_file(file, "--media-secret-file");
    if (!warning.empty()) host.err << "rescuestream-cli: warning: " << warning << '\n';
    auto secret = read_secret_file(file, "--media-secret-file");
    if (!secret) return std::move(secret).error();
    options.config.media_secret = *std::move(secret);
    options.config.media_secret_file = std::filesystem::absolute(file).lexically_normal().string();
    return {};
}

}  // namespace

Result<Settings> config_settings(const Program& program) {
    const auto options = with_named_profile(program.options, program.host);
    if (!options) return options.error();
    return command_settings(*options, program.host, settings::kConfig);
}

Result<void> fill_target(ConfigOptions& options, const Settings& settings, const Program& program) {
    const Host& host = program.host;
    auto origin = auth_origin(options, settings);
    if (!origin) return std::move(origin).error();
    options.config.server_origin = *std::move(origin);
    warn_of_server_elsewhere(options, settings, program);
    if (auto filled = fill_secret(options, settings, host); !filled)
        return std::move(filled).error();
    if (!options.no_hooks) {
        options.config.hook_program =
            options.hook_program.empty() ? host.program_path : options.hook_program;
        if (!std::filesystem::path(options.config.hook_program).is_absolute()) {
            return invalid("--hook-program must be an absolute path.");
        }
    }
    if (!options.version.empty()) {
        options.config.version = parse_mediamtx_version(options.version);
        if (!options.config.version) {
            return invalid("--mediamtx-version must look like v1.20.1.");
        }
    }
    if (options.config.api_bind == "localhost") options.config.api_bind = "127.0.0.1";
    return {};
}

bool has_secrets_elsewhere(const Settings& settings) {
    if (settings.server_url.empty()) return false;
    return settings.data_dir.empty() || !is_on_this_machine(settings.server_url);
}

// MediaMTX asks the server about the credential, so its configuration does not contain it.
Result<void> make_control_credential(const Settings& settings, const Host& host) {
    const auto& library = settings.orchestrator;
    const bool is_given = !library.api_user.empty() || !library.api_password.empty();
    if (is_given || has_secrets_elsewhere(settings)) return {};
    const auto directory = data_directory(settings, host);
    if (!directory) return directory.error();
    if (auto made = make_data_directory(*directory); !made) return made;
    auto secret = keep_control_secret(*directory, settings.api_secret);
    return secret ? Result<void>() : std::move(secret).error();
}

void add_target_options(CLI::App& app, ConfigOptions& options) {
    app.add_option("--server-url", options.server_url,
                   "Where MediaMTX reaches rescuestream-server (MEDIA_LISTEN, else API_PORT, of "
                   "this machine)")
        ->type_name("URL");
    app.add_option("--node", options.config.node,
                   "For this node (see `node add`) instead of the default one")
        ->type_name("NODE");
    app.add_option(
           "--media-secret-file", options.media_secret_file,
           "File with the server's MEDIA_SECRET (else that variable); without either, it is "
           "made with the credential of the node")
        ->type_name("FILE");
    app.add_option("--mediamtx-version", options.version,
                   "Only for this release: its own names, and MoQ off (else v1.15.6 and newer)")
        ->type_name("VERSION");
    app.add_option("--hook-program", options.hook_program,
                   "Program that hooks run, on MediaMTX's machine (this program)")
        ->type_name("FILE");
    app.add_flag("--no-hooks", options.no_hooks,
                 "No hooks: a new stream is detected within about a second instead of at once");
    app.add_option("--api-bind", options.config.api_bind,
                   "IP address of the control ports; MediaMTX asks RescueStream who may use them")
        ->type_name("ADDRESS")
        ->capture_default_str();
}

}  // namespace rescuestream::cli
