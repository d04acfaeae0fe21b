#include "commands/mediamtx_ports.hpp"

#include <fmt/format.h>

#include <array>
#include <cstdint>
#include <string_view>

#include "port_in_use.hpp"
#include "rescuestream/addresses.hpp"
#include "support/ip_address.hpp"
#include "support/url.hpp"

namespace rescuestream::cli {
namespace {

struct NamedPort {
    std::string_view setting;
    std::string_view url;
    std::string_view option;
    std::uint16_t& port;
    bool is_derived = false;  ///< From MEDIAMTX_PUBLIC_URL, whose port it then has.
};

bool is_local(const Url& url) {
    return url.host == "localhost" || is_loopback_address(url.host);
}

// Encryption is what a proxy before MediaMTX does: the file that is written has none.
bool is_encrypted(const Url& url) {
    return url.scheme.ends_with('s');
}

}  // namespace

std::vector<std::string> use_ports_of_addresses(ConfigOptions& options,
                                                const OrchestratorSettings& settings) {
    // The settings are about the default node.
    if (!options.config.node.empty() && options.config.node != settings.node) return {};
    auto& config = options.config;
    const bool has_relay = settings.legacy_path_keys == LegacyPathKeys::kRelay;
    // The relay reaches MediaMTX itself, so it is the surer one of both about RTSP.
    const std::string relay = has_relay ? settings.relay_address : std::string();
    const bool relay_is_given = has_relay && relay != OrchestratorSettings().relay_address;
    const auto& addresses = settings.addresses;
    const auto derived = derive_public_addresses(addresses.webrtc);
    const bool hls_is_derived = derived && addresses.hls == derived->hls;
    const NamedPort by_relay{"MEDIAMTX_RELAY_URL", relay, "--rtsp-port", config.rtsp_port};
    const NamedPort by_rtsp{"MEDIAMTX_RTSP_URL", addresses.rtsp, "--rtsp-port", config.rtsp_port};
    const std::array<NamedPort, 7> named{{
        {"MEDIAMTX_API_URL", settings.api_url, "--api-port", config.api_port},
        relay_is_given ? by_relay : by_rtsp,
        relay_is_given ? by_rtsp : by_relay,
        {"MEDIAMTX_RTMP_URL", addresses.rtmp, "--rtmp-port", config.rtmp_port},
        {"MEDIAMTX_HLS_URL", addresses.hls, "--hls-port", config.hls_port, hls_is_derived},
        {"MEDIAMTX_PUBLIC_URL", addresses.webrtc, "--webrtc-port", config.webrtc_port},
        {"MEDIAMTX_SRT_URL", addresses.srt, "--srt-port", config.srt_port},
    }};
    std::vector<std::string> warnings;
    auto decided = options.given_ports;
    for (const auto& each : named) {
        const auto url = parse_url(each.url);
        const std::uint16_t port = url ? port_in_use(*url) : std::uint16_t{0};
        if (port == 0) continue;
        const bool may_be_used = is_local(*url) && !is_encrypted(*url) && !each.is_derived;
        if (may_be_used && decided.emplace(each.option).second) each.port = port;
        // Without a port in it, the address is that of a proxy.
        if (port == each.port || !url->port) continue;
        const auto mend =
            each.is_derived ? fmt::format("set it to the address with port {}", each.port)
                            : fmt::format("give {} {}, or correct the setting", each.option, port);
        warnings.push_back(fmt::format(
            "{} is {}{}, and MediaMTX listens on port {}: {}, unless a proxy or a router stands "
            "between",
            each.setting, each.url, each.is_derived ? " (as MEDIAMTX_PUBLIC_URL)" : "", each.port,
            mend));
    }
    return warnings;
}

}  // namespace rescuestream::cli
