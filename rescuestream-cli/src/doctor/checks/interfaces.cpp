#include <fmt/format.h>

#include "doctor/checks/checks.hpp"
#include "doctor/installation.hpp"
#include "doctor/report.hpp"
#include "mediamtx/owner_file.hpp"
#include "support/ip_address.hpp"
#include "support/url.hpp"

namespace rescuestream::cli::doctor {
namespace {

bool is_closed(const MediaService& service) {
    const std::string host = host_of(service.address);
    return host == "localhost" || is_loopback_address(host);
}

std::string port_text(const MediaService& service) {
    const auto colon = service.address.rfind(':');
    return colon == std::string::npos ? "" : service.address.substr(colon);
}

void check_service(const NodeFacts& node, const MediaService& service, const char* what,
                   Report& report) {
    if (!service.enabled || is_closed(service)) return;
    const std::string mend =
        fmt::format("In mediamtx.yml: {}Address: 127.0.0.1{}", service.name, port_text(service));
    report.warning(
        node.subject(),
        fmt::format("{} listens at {}, where other machines can reach it.", what, service.address),
        mend);
}

// Devices that can only send a path are pulled by MediaMTX from itself.
void check_relay(Installation& installation, const NodeFacts& node, const MediaService* rtsp,
                 Report& report) {
    const std::string& relay_address = installation.settings()->orchestrator.relay_address;
    const auto relay = parse_url(relay_address);
    if (rtsp == nullptr || !rtsp->enabled || !relay || relay->scheme != "rtsp") return;
    if (relay->host != "localhost" && !is_loopback_address(relay->host)) return;
    const int port = port_of(rtsp->address, 0);
    if (port == 0 || port == relay->port.value_or(554)) return;
    if (!installation.knows("MEDIAMTX_RELAY_URL")) {
        return report.skipped(node.subject(),
                              fmt::format("MediaMTX's RTSP server listens at {}; whether the "
                                          "server's MEDIAMTX_RELAY_URL has that port is not known "
                                          "here.",
                                          rtsp->address));
    }
    report.error(node.subject(),
                 fmt::format("MediaMTX's RTSP server listens at {}, and devices that can only send "
                             "a path are relayed from {}: they cannot be watched.",
                             rtsp->address, relay_address),
                 fmt::format("Set MEDIAMTX_RELAY_URL=rtsp://{}:{}", relay->host, port));
}

}  // namespace

void check_interfaces(Installation& installation, Report& report) {
    const auto* settings = installation.settings();
    for_each_configuration(
        installation, report, [&](const NodeFacts& node, const MediaConfiguration& found) {
            const auto before = report.all().size();
            const auto check = [&](const char* name, const char* what) {
                if (const auto* service = found.service(name)) {
                    check_service(node, *service, what, report);
                }
            };
            // A control interface on another machine must be reachable from here.
            if (node.is_local()) check("api", "The control interface (api)");
            check("metrics", "The metrics");
            check("pprof", "The profiler (pprof)");
            check("playback", "The playback of recordings");
            if (!found.api_allow_origins.empty()) {
                report.warning(
                    node.subject(),
                    "Pages of other origins may call the control interface from a browser.",
                    "In mediamtx.yml: apiAllowOrigins: []");
            }
            if (const auto* moq = found.service("moq"); moq != nullptr && moq->enabled) {
                report.error(node.subject(),
                             "Media over QUIC is on, a connection of which cannot be cut off.",
                             "In mediamtx.yml: moq: no");
            }
            const bool has_secret_paths =
                settings != nullptr &&
                settings->orchestrator.legacy_path_keys != LegacyPathKeys::kDeny;
            const auto* rtsp = found.service("rtsp");
            if (has_secret_paths && rtsp != nullptr && !rtsp->enabled) {
                report.warning(
                    node.subject(),
                    "RTSP is off, so devices that can only send a path cannot be watched.",
                    "In mediamtx.yml: rtsp: yes; or set LEGACY_PATH_KEYS=deny.");
            }
            if (has_secret_paths) check_relay(installation, node, rtsp, report);
            if (has_secret_paths && found.log_level != "error") {
                report.warning(node.subject(),
                               fmt::format("At logLevel: {} MediaMTX logs paths, and the path of a "
                                           "device that can only send a path is its key.",
                                           found.log_level),
                               "In mediamtx.yml: logLevel: error; or set LEGACY_PATH_KEYS=deny.");
            }
            if (report.faults_since(before) == 0) {
                report.ok(node.subject(),
                          "Control interface, metrics, profiler and playback are closed to other "
                          "machines, or off.");
            }
        });
}

}  // namespace rescuestream::cli::doctor
