#include <CLI/CLI.hpp>
#include <filesystem>
#include <memory>
#include <ostream>

#include "commands/commands.hpp"
#include "commands/options.hpp"
#include "files.hpp"
#include "invalid.hpp"
#include "mediamtx/config.hpp"
#include "mediamtx/config_file.hpp"
#include "output.hpp"
#include "program.hpp"
#include "settings/rows.hpp"
#include "support/control_credential.hpp"
#include "support/ip_address.hpp"
#include "support/url.hpp"

namespace rescuestream::cli {
namespace {

struct ConfigOptions {
    std::string server_url;
    std::string media_secret_file;
    std::string hook_program;
    bool no_hooks = false;
    std::string version;
    std::string log_level;
    std::string output;
    bool force = false;
    bool metrics = false;
    bool playback = false;
    std::uint16_t metrics_port = 9998;
    std::uint16_t playback_port = 9996;
    MediaMtxConfig config;
};

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

// Returns the address of the server: that of the option, the server that commands use, or the one
// on this machine.
Result<std::string> auth_origin(const ConfigOptions& options, const Settings& settings) {
    if (!options.server_url.empty()) return check_origin(options.server_url, "--server-url");
    if (!settings.server_url.empty()) return settings.server_url;
    if (auto origin = media_listen_origin(settings.media_listen)) {
        return check_origin(*origin, "MEDIA_LISTEN");
    }
    return check_origin("http://127.0.0.1:" + std::to_string(settings.api_port), "API_PORT");
}

// The server and the command line find this credential by themselves. MediaMTX asks the server
// about it, so its configuration does not contain it.
Result<void> make_control_credential(const Settings& settings, const Host& host) {
    const auto& library = settings.orchestrator;
    const bool is_given = !library.api_user.empty() || !library.api_password.empty();
    if (is_given || !settings.server_url.empty()) return {};
    const auto directory = data_directory(settings, host);
    if (!directory) return directory.error();
    if (auto made = make_data_directory(*directory); !made) return made;
    auto secret = keep_control_secret(*directory, settings.api_secret);
    return secret ? Result<void>() : std::move(secret).error();
}

Result<void> fill_secret(ConfigOptions& options, const Settings& settings) {
    options.config.media_secret = settings.media_secret;
    if (options.media_secret_file.empty()) return {};
    auto secret = read_secret_file(options.media_secret_file, "--media-secret-file");
    if (!secret) return std::move(secret).error();
    options.config.media_secret = *std::move(secret);
    options.config.media_secret_file =
        std::filesystem::absolute(options.media_secret_file).lexically_normal().string();
    return {};
}

// A name that only this machine can resolve does not help behind NAT.
void fill_public_host(MediaMtxConfig& config, const Settings& settings) {
    if (!config.public_hosts.empty()) return;
    const auto url = parse_http_url(settings.orchestrator.addresses.webrtc);
    if (!url || url->host == "localhost" || is_loopback_address(url->host)) return;
    config.public_hosts.push_back(url->host);
}

Result<std::string> render(ConfigOptions& options, const Settings& settings, const Host& host) {
    auto origin = auth_origin(options, settings);
    if (!origin) return origin;
    options.config.server_origin = *std::move(origin);
    if (auto filled = fill_secret(options, settings); !filled) return std::move(filled).error();
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
    if (!options.log_level.empty()) {
        options.config.log_level = options.log_level;
    } else {
        // With deny, no path is a secret.
        const bool denied = settings.orchestrator.legacy_path_keys == LegacyPathKeys::kDeny;
        options.config.log_level = denied ? "info" : "error";
    }
    if (options.config.api_bind == "localhost") options.config.api_bind = "127.0.0.1";
    if (options.metrics) options.config.metrics_port = options.metrics_port;
    if (options.playback) options.config.playback_port = options.playback_port;
    if (!options.config.record_directory.empty()) {
        // "x/." and not "x", so that a trailing slash does not matter.
        options.config.record_directory =
            std::filesystem::absolute(options.config.record_directory + "/.")
                .lexically_normal()
                .parent_path()
                .string();
    }
    fill_public_host(options.config, settings);
    return render_mediamtx_config(options.config);
}

Result<ExitCode> write_output(const ConfigOptions& options, const std::string& text, Host& host) {
    const auto written = write_config_file(options.output, text, options.force);
    if (!written) return written.error();
    if (!written->kept_as.empty()) {
        host.err << "The file that was there is kept as " << printable(written->kept_as) << ".\n";
    }
    if (written->changed) {
        host.err << "Written to " << printable(options.output) << " (mode 0600).\n";
    }
    return ExitCode::kOk;
}

Result<ExitCode> print_config(ConfigOptions& options, Program& program) {
    const auto settings = command_settings(program.options, program.host, settings::kConfig);
    if (!settings) return settings.error();
    const auto rendered = render(options, *settings, program.host);
    if (!rendered) return rendered.error();
    const std::string text = with_digest(*rendered);
    if (const auto made = make_control_credential(*settings, program.host); !made) {
        return made.error();
    }
    if (!options.output.empty()) return write_output(options, text, program.host);
    program.host.out << text;
    if (!options.config.media_secret.empty()) {
        program.host.err
            << "It contains a secret: write it with --output FILE, which makes the file "
               "readable for you only.\n";
    }
    return ExitCode::kOk;
}

void add_port(CLI::App& app, const char* name, std::uint16_t& port, const char* help) {
    app.add_option(name, port, help)
        ->type_name("PORT")
        ->capture_default_str()
        ->check(CLI::Range(1, 65535).description(""));
}

void add_ports(CLI::App& app, ConfigOptions& options) {
    auto& config = options.config;
    add_port(app, "--api-port", config.api_port, "Control interface");
    add_port(app, "--rtsp-port", config.rtsp_port, "RTSP");
    add_port(app, "--rtp-port", config.rtp_port, "RTSP media over UDP; RTCP uses the next port");
    add_port(app, "--rtmp-port", config.rtmp_port, "RTMP");
    add_port(app, "--hls-port", config.hls_port, "HLS");
    add_port(app, "--webrtc-port", config.webrtc_port, "WebRTC (WHIP, WHEP)");
    add_port(app, "--webrtc-udp-port", config.webrtc_udp_port, "WebRTC media over UDP");
    add_port(app, "--srt-port", config.srt_port, "SRT");
    add_port(app, "--metrics-port", options.metrics_port, "Metrics, with --metrics");
    add_port(app, "--playback-port", options.playback_port, "Playback, with --playback");
}

}  // namespace

void add_mediamtx_commands(CLI::App& app, Program& program) {
    auto* noun = app.add_subcommand("mediamtx", "The media server");
    auto* config = noun->add_subcommand(
        "config", "Print a complete, commented mediamtx.yml for this installation");
    auto options = std::make_shared<ConfigOptions>();
    config
        ->add_option("--server-url", options->server_url,
                     "Where MediaMTX reaches rescuestream-server (MEDIA_LISTEN, else API_PORT, of "
                     "this machine)")
        ->type_name("URL");
    config
        ->add_option("--node", options->config.node,
                     "For this node (see `node add`) instead of the default one")
        ->type_name("NODE");
    config
        ->add_option("--media-secret-file", options->media_secret_file,
                     "File with the server's MEDIA_SECRET (else that variable)")
        ->type_name("FILE");
    config->add_option("-o,--output", options->output, "Write it to this file, mode 0600")
        ->type_name("FILE");
    config->add_flag(
        "--force", options->force,
        "Replace a file that was edited, or that this program did not create; it is kept "
        "as FILE.bak");
    config
        ->add_option("--mediamtx-version", options->version,
                     "Only for this release: its own names, and MoQ off (else v1.15.6 and newer)")
        ->type_name("VERSION");
    one_of(config->add_option("--log-level", options->log_level,
                              "MediaMTX's log (error; info with LEGACY_PATH_KEYS=deny)"),
           {"error", "warn", "info", "debug"});
    config
        ->add_option("--hook-program", options->hook_program,
                     "Program that hooks run, on MediaMTX's machine (this program)")
        ->type_name("FILE");
    config->add_flag("--no-hooks", options->no_hooks,
                     "No hooks: a new stream is detected within about a second instead of at once");
    config->add_option("--bind", options->config.bind, "Address of the media ports (all)")
        ->type_name("ADDRESS");
    config
        ->add_option("--api-bind", options->config.api_bind,
                     "IP address of the control ports; MediaMTX asks RescueStream who may use them")
        ->type_name("ADDRESS")
        ->capture_default_str();
    config
        ->add_option(
            "--public-host", options->config.public_hosts,
            "Name or address for WebRTC behind NAT (MEDIAMTX_PUBLIC_URL's host); repeatable")
        ->type_name("HOST")
        ->expected(1)
        ->take_all();
    config->add_flag("--metrics", options->metrics, "Serve metrics");
    config->add_flag("--playback", options->playback, "Serve recordings");
    config
        ->add_option("--record", options->config.record_directory,
                     "Record every stream under this directory")
        ->type_name("DIR");
    add_ports(*config, *options);
    config->callback([options, &program] {
        program.action = [options, &program] { return print_config(*options, program); };
    });
}

}  // namespace rescuestream::cli
