#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <memory>
#include <ostream>

#include "commands/commands.hpp"
#include "commands/mediamtx_move.hpp"
#include "commands/mediamtx_options.hpp"
#include "commands/mediamtx_ports.hpp"
#include "commands/options.hpp"
#include "error_output.hpp"
#include "files.hpp"
#include "mediamtx/config.hpp"
#include "mediamtx/config_file.hpp"
#include "output.hpp"
#include "program.hpp"
#include "support/control_credential.hpp"
#include "support/helper_credential.hpp"
#include "support/ip_address.hpp"
#include "support/url.hpp"

namespace rescuestream::cli {
namespace {

// The credential is derived from the secret of the server's data directory.
Result<void> fill_helpers(MediaMtxConfig& config, const Settings& settings, const Host& host) {
    config.helper_paths = settings.orchestrator.helper_paths;
    if (config.helper_paths.empty() || has_secrets_elsewhere(settings)) return {};
    const auto directory = data_directory(settings, host);
    if (!directory) return directory.error();
    if (auto made = make_data_directory(*directory); !made) return made;
    const auto secret = keep_control_secret(*directory, settings.api_secret);
    if (!secret) return secret.error();
    const std::string& node = config.node.empty() ? settings.orchestrator.node : config.node;
    config.helper_userinfo = Secret(helper_userinfo(*secret, node));
    return {};
}

// A name that only this machine can resolve does not help behind NAT.
void fill_public_host(MediaMtxConfig& config, const Settings& settings) {
    if (!config.public_hosts.empty()) return;
    const auto url = parse_http_url(settings.orchestrator.addresses.webrtc);
    if (!url || url->host == "localhost" || is_loopback_address(url->host)) return;
    config.public_hosts.push_back(url->host);
}

Result<std::string> render(ConfigOptions& options, const Settings& settings,
                           const Program& program) {
    const Host& host = program.host;
    if (auto filled = fill_target(options, settings, program); !filled) return filled.error();
    for (const auto& warning : use_ports_of_addresses(options, settings.orchestrator)) {
        show_warning(warning, program.errors, program.host);
    }
    if (auto filled = fill_helpers(options.config, settings, host); !filled) {
        return std::move(filled).error();
    }
    if (!options.log_level.empty()) {
        options.config.log_level = options.log_level;
    } else {
        // With deny, no path is a secret.
        const bool denied = settings.orchestrator.legacy_path_keys == LegacyPathKeys::kDeny;
        options.config.log_level = denied ? "info" : "error";
    }
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
    const auto settings = config_settings(program);
    if (!settings) return settings.error();
    const auto rendered = render(options, *settings, program);
    if (!rendered) return rendered.error();
    const std::string text = with_digest(*rendered);
    if (const auto made = make_control_credential(*settings, program.host); !made) {
        return made.error();
    }
    const MoveTarget target{options.config, options.api_bind_is_given,
                            settings->orchestrator.legacy_path_keys == LegacyPathKeys::kDeny,
                            settings->orchestrator};
    const std::string name = options.output.empty() ? "mediamtx.yml" : options.output;
    if (auto told = tell_of_variables(name, text, target, program.host); !told) {
        return std::move(told).error();
    }
    if (!options.output.empty()) return write_output(options, text, program.host);
    program.host.out << text;
    if (!options.config.media_secret.empty() || !options.config.helper_userinfo.empty()) {
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

void add_generator_options(CLI::App& app, ConfigOptions& options) {
    one_of(app.add_option("--log-level", options.log_level,
                          "MediaMTX's log (error; info with LEGACY_PATH_KEYS=deny)"),
           {"error", "warn", "info", "debug"});
    app.add_option("--bind", options.config.bind, "Address of the media ports (all)")
        ->type_name("ADDRESS");
    app.add_option("--public-host", options.config.public_hosts,
                   "Name or address for WebRTC behind NAT (MEDIAMTX_PUBLIC_URL's host); repeatable")
        ->type_name("HOST")
        ->expected(1)
        ->take_all();
    app.add_flag("--metrics", options.metrics, "Serve metrics");
    app.add_flag("--playback", options.playback, "Serve recordings");
    app.add_option("--record", options.config.record_directory,
                   "Record every stream under this directory")
        ->type_name("DIR");
    add_ports(app, options);
}

}  // namespace

void add_mediamtx_commands(CLI::App& app, Program& program) {
    auto* noun = app.add_subcommand("mediamtx", "The media server");
    auto* config = noun->add_subcommand(
        "config", "Print a complete, commented mediamtx.yml for this installation");
    auto options = std::make_shared<ConfigOptions>();
    add_target_options(*config, *options);
    config
        ->add_option("-o,--output", options->output,
                     "Write it to this file, mode 0600 (with --merge: of the file it replaces)")
        ->type_name("FILE");
    config->add_flag(
        "--force", options->force,
        "Replace a file that was edited, or that this program did not create; it is kept "
        "as FILE.bak");
    auto* merge = config
                      ->add_option("--merge", options->merge,
                                   "Print this mediamtx.yml with only what must change changed")
                      ->type_name("FILE");
    const auto with_merge = config->get_options();
    add_generator_options(*config, *options);
    // They describe a new file; a merged one keeps what its owner wrote.
    for (auto* option : config->get_options()) {
        const bool fits =
            std::find(with_merge.begin(), with_merge.end(), option) != with_merge.end();
        if (!fits) merge->excludes(option);
    }
    config->callback([options, &program, config] {
        options->api_bind_is_given = config->count("--api-bind") > 0;
        for (const auto* option : config->get_options()) {
            if (option->count() > 0) options->given_ports.insert(option->get_name());
        }
        program.action = [options, &program] {
            return options->merge.empty() ? print_config(*options, program)
                                          : merge_config(*options, program);
        };
    });
    add_mediamtx_check(*noun, program);
}

}  // namespace rescuestream::cli
