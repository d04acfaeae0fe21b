#include "mediamtx/config.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <map>
#include <utility>

#include "invalid.hpp"
#include "support/ip_address.hpp"
#include "support/url.hpp"

namespace rescuestream::cli {
namespace {

constexpr std::string_view kMark = "# MediaMTX configuration for RescueStream.";
constexpr MediaMtxVersion kReadyRenamed{1, 19, 3};
constexpr MediaMtxVersion kMoqKnown{1, 19, 0};

// A YAML text that nothing in it can end.
std::string yaml_quoted(std::string_view text) {
    std::string out = "'";
    for (const char c : text) {
        out += c;
        if (c == '\'') out += '\'';
    }
    return out + "'";
}

std::string listener(std::string_view address, std::uint16_t port) {
    const bool v6 = address.find(':') != std::string_view::npos;
    return yaml_quoted(v6 ? fmt::format("[{}]:{}", address, port)
                          : fmt::format("{}:{}", address, port));
}

// MediaMTX splits a command as a shell would and replaces $NAME in each word.
Result<std::string> command_word(std::string_view word) {
    if (word.find_first_of("'\"\\$\n\r") != std::string_view::npos) {
        return invalid(fmt::format(
            "MediaMTX cannot run a command with quotes, backslashes or $ in it: {}", word));
    }
    const bool plain = word.find_first_of(" \t&;|<>()*?[]{}!#~`") == std::string_view::npos;
    return plain ? std::string(word) : fmt::format("\"{}\"", word);
}

Result<std::string> hook_command(const MediaMtxConfig& config, std::string_view event) {
    std::string out;
    std::vector<std::string> words{config.hook_program, "hook", std::string(event), "--server",
                                   config.server_origin};
    if (!config.media_secret_file.empty()) {
        words.insert(words.end(), {"--media-secret-file", config.media_secret_file});
    }
    for (const auto& word : words) {
        auto quoted_word = command_word(word);
        if (!quoted_word) return quoted_word;
        out += (out.empty() ? "" : " ") + *quoted_word;
    }
    return out;
}

Result<void> check_ports(const MediaMtxConfig& config) {
    std::map<int, std::string_view> tcp;
    std::map<int, std::string_view> udp;
    const auto add = [](std::map<int, std::string_view>& used, int port,
                        std::string_view option) -> Result<void> {
        const auto [where, added] = used.emplace(port, option);
        if (added) return {};
        return invalid(fmt::format("{} and {} cannot both be {}.", where->second, option, port));
    };
    std::vector<std::pair<int, std::string_view>> wanted{
        {config.api_port, "--api-port"},       {config.rtsp_port, "--rtsp-port"},
        {config.rtmp_port, "--rtmp-port"},     {config.hls_port, "--hls-port"},
        {config.webrtc_port, "--webrtc-port"},
    };
    if (config.metrics_port) wanted.emplace_back(*config.metrics_port, "--metrics-port");
    if (config.playback_port) wanted.emplace_back(*config.playback_port, "--playback-port");
    for (const auto& [port, option] : wanted) {
        if (auto added = add(tcp, port, option); !added) return added;
    }
    for (const auto& [port, option] :
         {std::pair<int, std::string_view>{config.rtp_port, "--rtp-port"},
          {config.rtp_port + 1, "RTCP (the port after --rtp-port)"},
          {config.webrtc_udp_port, "--webrtc-udp-port"},
          {config.srt_port, "--srt-port"}}) {
        if (auto added = add(udp, port, option); !added) return added;
    }
    if (config.rtp_port % 2 != 0) return invalid("--rtp-port must be even.");
    return {};
}

std::string head_section(const MediaMtxConfig& config) {
    const bool has_secret = !config.media_secret.empty();
    return fmt::format(
        "{mark}\n"
        "#\n"
        "# Made by `rescuestream-cli mediamtx config`{version}.\n"
        "# An edit takes effect at once: MediaMTX watches this file.\n"
        "{secret}"
        "\n"
        "# Path names are secrets while encoders may publish with their key as the path\n"
        "# (LEGACY_PATH_KEYS relay or expose): \"info\" and \"debug\" show every one of them, "
        "\"warn\" shows\n"
        "# that of a device whose media is malformed. RescueStream's own log tells who was "
        "refused.\n"
        "logLevel: {level}\n"
        "\n"
        "# Also: how long MediaMTX waits for RescueStream's answer, and after how long without "
        "data\n"
        "# an encoder counts as gone.\n"
        "readTimeout: 10s\n",
        fmt::arg("mark", kMark),
        fmt::arg("version", config.version
                                ? fmt::format(" for MediaMTX v{}.{}.{}", config.version->major,
                                              config.version->minor, config.version->patch)
                                : " for MediaMTX v1.15.6 and newer"),
        fmt::arg("secret", has_secret ? "# It holds a secret: keep it readable for MediaMTX alone "
                                        "(mode 0600).\n"
                                      : ""),
        fmt::arg("level", config.log_level));
}

std::string auth_section(const MediaMtxConfig& config) {
    std::string address = config.server_origin;
    if (!config.media_secret.empty()) {
        const auto start = address.find("://") + 3;
        address.insert(start, "mediamtx:" + percent_encode(config.media_secret.reveal()) + "@");
    }
    return fmt::format(
        "\n# Who may publish and who may watch "
        "---------------------------------------------------\n"
        "# MediaMTX asks RescueStream about every encoder and every viewer, and refuses them "
        "while\n"
        "# RescueStream does not answer. Encoders need a stream key; whoever knows a path may\n"
        "# watch it.{credential}\n"
        "authMethod: http\n"
        "authHTTPAddress: {address}\n"
        "# Nothing is excluded: MediaMTX asks about the interfaces below, too. RescueStream's "
        "server "
        "and\n"
        "# command line have a credential for them, which nothing has to be told.\n"
        "authHTTPExclude: []\n",
        fmt::arg("credential", config.media_secret.empty()
                                   ? ""
                                   : " The password in the address proves to RescueStream\n"
                                     "# that it is MediaMTX that asks."),
        fmt::arg("address",
                 yaml_quoted(address + "/auth" + (config.node.empty() ? "" : "/" + config.node))));
}

std::string control_section(const MediaMtxConfig& config) {
    const auto at = [&](std::uint16_t port) { return listener(config.api_bind, port); };
    std::string out = fmt::format(
        "\n# Control "
        "-----------------------------------------------------------------------------\n"
        "# RescueStream looks here for what is live, and removes who must go (MEDIAMTX_API_URL).\n"
        "# Whoever may write here can have MediaMTX run programs: {reach},\n"
        "# no page in a browser may read it, and nobody uses it without the credential.\n"
        "api: yes\n"
        "apiAddress: {address}\n"
        "apiAllowOrigins: []\n",
        fmt::arg("reach", is_loopback_address(config.api_bind)
                              ? "it listens on this machine alone"
                              : "keep it from whoever need not reach it"),
        fmt::arg("address", at(config.api_port)));
    if (config.metrics_port) {
        out += fmt::format(
            "# Scrape /metrics?type=paths: the unfiltered list can freeze MediaMTX for ever.\n"
            "metrics: yes\n"
            "metricsAddress: {}\n",
            at(*config.metrics_port));
    } else {
        out += "metrics: no\n";
    }
    out += "metricsAllowOrigins: []\npprof: no\npprofAllowOrigins: []\n";
    if (config.playback_port) {
        out += fmt::format(
            "# Recordings can be watched here, by whoever may watch their path.\n"
            "playback: yes\n"
            "playbackAddress: {}\n",
            at(*config.playback_port));
    } else {
        out += "playback: no\n";
    }
    return out + "playbackAllowOrigins: []\n";
}

std::string media_section(const MediaMtxConfig& config) {
    const auto at = [&](int port) {
        return listener(config.bind, static_cast<std::uint16_t>(port));
    };
    std::string hosts;
    for (const auto& host : config.public_hosts) {
        hosts += (hosts.empty() ? "" : ", ") + yaml_quoted(host);
    }
    std::string out = fmt::format(
        "\n# Encoders and viewers "
        "----------------------------------------------------------------\n"
        "rtsp: yes\n"
        "rtspAddress: {rtsp}\n"
        "rtspTransports: [udp, tcp]\n"
        "rtpAddress: {rtp}\n"
        "rtcpAddress: {rtcp}\n"
        "# Digest credentials cannot be passed on to RescueStream.\n"
        "rtspAuthMethods: [basic]\n"
        "\n"
        "rtmp: yes\n"
        "rtmpAddress: {rtmp}\n"
        "\n"
        "hls: yes\n"
        "hlsAddress: {hls}\n"
        "\n"
        "webrtc: yes\n"
        "webrtcAddress: {webrtc}\n"
        "webrtcLocalUDPAddress: {webrtc_udp}\n"
        "# Addresses or names of this machine as viewers see them, when it stands behind NAT.\n"
        "webrtcAdditionalHosts: [{hosts}]\n"
        "\n"
        "srt: yes\n"
        "srtAddress: {srt}\n"
        "\n",
        fmt::arg("rtsp", at(config.rtsp_port)), fmt::arg("rtp", at(config.rtp_port)),
        fmt::arg("rtcp", at(config.rtp_port + 1)), fmt::arg("rtmp", at(config.rtmp_port)),
        fmt::arg("hls", at(config.hls_port)), fmt::arg("webrtc", at(config.webrtc_port)),
        fmt::arg("webrtc_udp", at(config.webrtc_udp_port)), fmt::arg("srt", at(config.srt_port)),
        fmt::arg("hosts", hosts));
    if (config.version && *config.version >= kMoqKnown) {
        out +=
            "# Media over QUIC is on by default, and a connection of it cannot be cut off.\n"
            "moq: no\n";
    } else {
        out +=
            "# Media over QUIC is on by default since v1.19.0, and a connection of it cannot be "
            "cut\n"
            "# off. Its key stops older releases, so it is not set here: start MediaMTX with\n"
            "# MTX_MOQ=no in its environment, which every release understands, or make this file\n"
            "# with --mediamtx-version.\n";
    }
    return out;
}

Result<std::string> path_section(const MediaMtxConfig& config) {
    std::string out =
        "\n# Paths "
        "-------------------------------------------------------------------------------\n"
        "pathDefaults:\n"
        "  # RescueStream has decided before: an encoder that it accepts takes the path over, "
        "also\n"
        "  # from its own dead connection.\n"
        "  overridePublisher: yes\n";
    if (!config.hook_program.empty()) {
        const auto ready = hook_command(config, "ready");
        if (!ready) return ready.error();
        const auto not_ready = hook_command(config, "not-ready");
        if (!not_ready) return not_ready.error();
        const bool renamed = config.version && *config.version >= kReadyRenamed;
        out += fmt::format(
            "\n"
            "  # Hints that a stream begins or ends; RescueStream polls by itself every second.\n"
            "{}{}"
            "  {}: {}\n"
            "  {}: {}\n",
            renamed ? ""
                    : "  # MediaMTX calls them runOnAvailable and runOnUnavailable since v1.19.3, "
                      "and warns\n"
                      "  # about these names, which all releases understand.\n",
            config.media_secret.empty() || !config.media_secret_file.empty()
                ? ""
                : "  # They need the secret too: MediaMTX must have RESCUESTREAM_MEDIA_SECRET in "
                  "its\n"
                  "  # environment (or make this file with --media-secret-file).\n",
            renamed ? "runOnAvailable" : "runOnReady", yaml_quoted(*ready),
            renamed ? "runOnUnavailable" : "runOnNotReady", yaml_quoted(*not_ready));
    }
    if (config.record_directory.empty()) {
        out += "\n  record: no\n";
    } else {
        out += fmt::format("\n  record: yes\n  recordPath: {}\n",
                           yaml_quoted(config.record_directory + "/%path/%Y-%m-%d_%H-%M-%S-%f"));
    }
    out +=
        "  # Never deleted by MediaMTX (its own default is after one day).\n"
        "  recordDeleteAfter: 0s\n"
        "\n"
        "paths:\n";
    if (!config.record_directory.empty()) {
        out +=
            "  # A device that publishes to its key is recorded at its public path, where "
            "RescueStream\n"
            "  # has MediaMTX pull it, never under the key.\n"
            "  '~^sk_[0-9A-Za-z_-]{43}$':\n"
            "    record: no\n";
    }
    out +=
        "  # Every name: RescueStream decides which path belongs to which key.\n"
        "  all_others: {}\n";
    return out;
}

}  // namespace

std::optional<MediaMtxVersion> parse_mediamtx_version(std::string_view text) {
    if (text.starts_with('v')) text.remove_prefix(1);
    std::array<int, 3> numbers{};
    for (std::size_t i = 0; i < numbers.size(); ++i) {
        if (i != 0) {
            if (!text.starts_with('.')) return std::nullopt;
            text.remove_prefix(1);
        }
        const auto [end, error] =
            std::from_chars(text.data(), text.data() + text.size(), numbers[i]);
        if (error != std::errc{} || numbers[i] < 0) return std::nullopt;
        text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    }
    if (!text.empty() && text.front() != '-' && text.front() != '+') return std::nullopt;
    return MediaMtxVersion{numbers[0], numbers[1], numbers[2]};
}

std::string_view mediamtx_config_mark() noexcept {
    return kMark;
}

Result<std::string> render_mediamtx_config(const MediaMtxConfig& config) {
    if (auto checked = check_ports(config); !checked) return std::move(checked).error();
    if (!is_host(config.bind) && !config.bind.empty()) {
        return invalid("--bind must be an address of this machine.");
    }
    if (!is_ip_address(config.api_bind)) {
        return invalid(
            "--api-bind must be an IP address of this machine, for example 127.0.0.1: what a name "
            "leads to can change.");
    }
    for (const auto& host : config.public_hosts) {
        if (!is_host(host)) {
            return invalid("--public-host must be a host name or an IP address.");
        }
    }
    auto paths = path_section(config);
    if (!paths) return paths;
    return head_section(config) + auth_section(config) + control_section(config) +
           media_section(config) + *paths;
}

}  // namespace rescuestream::cli
