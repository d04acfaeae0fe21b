#include <fmt/format.h>

#include "doctor/checks/authentication.hpp"
#include "doctor/checks/checks.hpp"
#include "doctor/installation.hpp"
#include "doctor/report.hpp"
#include "mediamtx/config.hpp"
#include "support/url.hpp"

namespace rescuestream::cli::doctor {
namespace {

// The releases that the tests run with; see docs/mediamtx.md.
constexpr MediaMtxVersion kOldest{1, 15, 6};
constexpr MediaMtxVersion kAdvised{1, 20, 1};
constexpr MediaMtxVersion kFirstUntested{1, 22, 0};

std::string of_node(const NodeStatus& status) {
    return status.is_default ? "" : " --node " + status.node.name;
}

void report_unreachable(Installation& installation, const NodeFacts& node, Report& report) {
    const Error& error = node.info.error();
    if (error.code == ErrorCode::kUnsupported) {
        if (node.status.state == NodeState::kUp || node.status.state == NodeState::kNotAsking) {
            report.ok(node.subject(), "The server reaches MediaMTX " + node.status.version + ".");
        } else {
            report.error(node.subject(), node.status.reason, "See docs/runbook.md.");
        }
        return;
    }
    const bool server_is_down = !installation.server().trouble.empty();
    const bool may_be_of_server =
        error.code == ErrorCode::kUnauthorized || error.code == ErrorCode::kTimeout;
    if (server_is_down && may_be_of_server) {
        return report.error(node.subject(),
                            fmt::format("MediaMTX at {} answers, and cannot check a credential, "
                                        "because it asks rescuestream-server, which does not run.",
                                        node.status.node.api_url),
                            "Start rescuestream-server, then run doctor again.");
    }
    if (error.code == ErrorCode::kUnauthorized) {
        return report.error(
            node.subject(), error.message,
            fmt::format("rescuestream-cli mediamtx config --merge mediamtx.yml --output "
                        "mediamtx.yml{}; doctor, server and MediaMTX must use the same DATA_DIR or "
                        "API_SECRET.",
                        of_node(node.status)));
    }
    if (error.code == ErrorCode::kTimeout) {
        return report.error(node.subject(),
                            fmt::format("MediaMTX at {} takes the connection or its packets, and "
                                        "does not answer: it is frozen or suspended, or a firewall "
                                        "drops what is sent.",
                                        node.status.node.api_url),
                            "Restart MediaMTX, with kill -9 if it does not end (it loses its "
                            "connections; encoders come back). See \"Node unreachable\" in "
                            "docs/runbook.md.");
    }
    const bool is_registered = !node.status.is_default;
    report.error(node.subject(), fmt::format("{} ({})", error.message, node.status.node.api_url),
                 is_registered
                     ? fmt::format("Start MediaMTX with `api: yes`, or: rescuestream-cli "
                                   "node edit {} --api-url URL",
                                   node.status.node.name)
                     : "Start MediaMTX with `api: yes`, or correct MEDIAMTX_API_URL (with "
                       "https also MEDIAMTX_API_CA).");
}

void report_release(const NodeFacts& node, Report& report) {
    const std::string& text = node.info->version;
    const auto version = parse_mediamtx_version(text);
    if (!version) {
        report.warning(node.subject(), fmt::format("Its release {} is not known.", text),
                       "Use a release of MediaMTX from v1.20.1 on.");
    } else if (*version < kOldest) {
        report.error(node.subject(), fmt::format("MediaMTX {} is too old.", text),
                     "Install MediaMTX v1.20.1 or newer.");
    } else if (*version < kAdvised) {
        report.warning(node.subject(),
                       fmt::format("MediaMTX {} works; from v1.20.1 on, an encoder without a right "
                                   "is refused before it sends.",
                                   text),
                       "Install MediaMTX v1.20.1 or newer when you can.");
    } else if (*version >= kFirstUntested) {
        report.warning(
            node.subject(),
            fmt::format("MediaMTX {} is newer than what this release was tested with.", text),
            "Look for a newer release of RescueStream.");
    } else {
        report.ok(node.subject(), fmt::format("MediaMTX {} at {} answers and accepts the "
                                              "credential.",
                                              text, node.status.node.api_url));
    }
}

void report_transport(const NodeFacts& node, Report& report) {
    const auto url = parse_http_url(node.status.node.api_url);
    if (!url || url->scheme == "https" || node.is_local()) return;
    report.warning(node.subject(),
                   "Its control interface is on another machine and is not encrypted, so everybody "
                   "on the way can read the credential.",
                   "Set apiEncryption: yes in mediamtx.yml and MEDIAMTX_API_CA, or use a tunnel.");
}

// The server's own list of nodes says which address it uses.
void report_other_settings(Installation& installation, const NodeFacts& node, Report& report) {
    const auto* connection = installation.direct();
    const std::string& used = node.status.node.api_url;
    if (connection == nullptr || !node.status.is_default) return;
    if (!installation.knows("MEDIAMTX_API_URL")) return;  // that of the server is examined
    if (is_same_place(used, connection->settings.api_url)) return;
    report.warning(node.subject(),
                   fmt::format("The server uses MediaMTX at {}, and the settings of this command "
                               "name {}: doctor was started with other settings than the server, "
                               "so it cannot judge those of the server.",
                               used, connection->settings.api_url),
                   fmt::format("Start doctor with the server's environment or CONFIG_FILE, at "
                               "least MEDIAMTX_API_URL={}",
                               used));
}

void report_standing(Installation& installation, const NodeFacts& node, Report& report) {
    const NodeStatus& status = node.status;
    if (status.state == NodeState::kNotAsking && asks_here(installation, node)) {
        report.warning(node.subject(),
                       "MediaMTX had publishers that were not accepted here. It asks now; "
                       "RescueStream confirms it when the first encoder connects.",
                       fmt::format("Connect an encoder with its key, or: rescuestream-cli node "
                                   "enforce {}",
                                   status.node.name));
    } else if (status.state == NodeState::kNotAsking) {
        report.error(node.subject(), status.reason,
                     fmt::format("rescuestream-cli mediamtx config --merge mediamtx.yml --output "
                                 "mediamtx.yml{}",
                                 of_node(status)));
    } else if (!status.standing.is_enforced()) {
        report.warning(node.subject(),
                       "No publisher was accepted here yet, so unknown publishers are only "
                       "reported and not removed.",
                       fmt::format("It ends with the first accepted publisher, or with: "
                                   "rescuestream-cli node enforce {}",
                                   status.node.name));
    }
    if (status.node.draining) {
        report.warning(node.subject(), "It is draining: new publishers are refused.",
                       fmt::format("rescuestream-cli node undrain {}", status.node.name));
    }
}

}  // namespace

void check_nodes(Installation& installation, Report& report) {
    if (installation.nodes().empty()) {
        return report.skipped("", "Neither the server nor the database says which there are.");
    }
    for (const auto& node : installation.nodes()) {
        if (node.status.node.api_url == "memory:") {
            report.warning(node.subject(), "MediaMTX is replaced by a substitute in memory.",
                           "Set MEDIAMTX_API_URL to the address of MediaMTX's control interface.");
            continue;
        }
        report_other_settings(installation, node, report);
        if (!node.info) {
            report_unreachable(installation, node, report);
            continue;
        }
        report_release(node, report);
        report_transport(node, report);
        report_standing(installation, node, report);
    }
}

}  // namespace rescuestream::cli::doctor
