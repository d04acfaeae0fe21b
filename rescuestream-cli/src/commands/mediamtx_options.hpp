#pragma once

#include <cstdint>
#include <functional>
#include <set>
#include <string>

#include "host.hpp"
#include "mediamtx/config.hpp"
#include "settings.hpp"

namespace CLI {
class App;
}

namespace rescuestream::cli {

struct Program;

/// The options of the commands that write or check a mediamtx.yml.
struct ConfigOptions {
    std::string server_url;
    std::string media_secret_file;
    bool only_reads = false;  ///< Nothing is created.
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
    std::string merge;  ///< The owner's file; empty: a new one is written.
    bool api_bind_is_given = false;
    std::set<std::string, std::less<>> given_ports;  ///< "--rtsp-port"
    MediaMtxConfig config;
};

/// Adds the options that name this installation to `app`: where the server is, which secret, node
/// and hooks. `options` must exist as long as `app`.
void add_target_options(CLI::App& app, ConfigOptions& options);

/// Reads the settings for these commands, with the server of --profile.
Result<Settings> config_settings(const Program& program);

/// Completes `options.config` from the options and the settings. kInvalidArgument names the option
/// or setting that is wrong.
Result<void> fill_target(ConfigOptions& options, const Settings& settings, const Program& program);

/// Whether the secrets of the installation are not in DATA_DIR: commands go through a server on
/// another machine, or nobody says where the data directory is.
bool has_secrets_elsewhere(const Settings& settings);

/// Creates the credential of MediaMTX's control interface unless it exists, or is given, or a
/// server has it.
Result<void> make_control_credential(const Settings& settings, const Host& host);

}  // namespace rescuestream::cli
