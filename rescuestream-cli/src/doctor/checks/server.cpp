#include <fmt/format.h>

#include "doctor/checks/checks.hpp"
#include "doctor/installation.hpp"
#include "doctor/report.hpp"
#include "rescuestream/version.hpp"

namespace rescuestream::cli::doctor {
namespace {

void report_credential(const ServerFacts& server, Report& report) {
    if (!server.nodes) {
        report.skipped("", "No credential is known here, so nothing was asked with one.");
    } else if (*server.nodes) {
        report.ok("", fmt::format("It accepts {}.", server.credential));
    } else if (server.nodes->error().code == ErrorCode::kForbidden) {
        report.ok("", fmt::format("It accepts {}.", server.credential));
        report.skipped("",
                       fmt::format("That may not see the nodes, so MediaMTX is not examined: {}",
                                   server.nodes->error().message));
    } else if (server.nodes->error().code == ErrorCode::kUnauthorized) {
        const bool is_shared =
            server.credential == "API_SECRET" || server.credential.starts_with("the secret in ");
        report.error(
            "",
            fmt::format("It answers, and refuses {}: {}", server.credential,
                        server.nodes->error().message),
            is_shared
                ? "Start doctor with the server's environment (API_SECRET, DATA_DIR), or with "
                  "--api-secret-file FILE."
                : "On the server's machine, `rescuestream-cli credential list` shows which "
                  "credentials are valid.");
    } else {
        report.warning("",
                       fmt::format("A request with {} failed: {}", server.credential,
                                   server.nodes->error().message),
                       "See the server's log.");
    }
}

}  // namespace

void check_server(Installation& installation, Report& report) {
    const ServerFacts& server = installation.server();
    if (server.origin.empty()) {
        return report.skipped("", server.trouble);
    }
    if (!server.trouble.empty()) {
        return report.error(
            "",
            fmt::format("rescuestream-server does not run: {} MediaMTX asks it about every "
                        "publisher and refuses all of them meanwhile, and about its control "
                        "interface, so credentials can look wrong.",
                        server.trouble),
            "Start rescuestream-server; if it runs elsewhere, name it with --server URL.");
    }
    if (server.status != 200 && server.status != 503) {
        return report.error(
            "", fmt::format("The program at {} is not rescuestream-server.", server.origin),
            "Set API_HOST and API_PORT as for the server, or give --server URL.");
    }
    const auto before = report.all().size();
    for (const auto& check : server.checks) {
        // Nodes have a check of their own.
        if (check.status == CheckStatus::kOk || check.name.starts_with("node:")) continue;
        const std::string message = fmt::format("{}: {}", check.name, check.reason);
        if (check.status == CheckStatus::kFailed) {
            report.error("", message, "See docs/runbook.md, and the server's log.");
        } else {
            report.warning("", message, "See docs/runbook.md.");
        }
    }
    if (server.version != RESCUESTREAM_VERSION) {
        report.warning(
            "",
            fmt::format("The server is {}, and this command is {}.",
                        server.version.empty() ? "an older release" : "release " + server.version,
                        RESCUESTREAM_VERSION),
            "Install the same release of both, and restart the server.");
    }
    report_credential(server, report);
    if (report.faults_since(before) == 0) {
        report.ok("", fmt::format("{} is ready, and its release {} is that of this command.",
                                  server.origin, server.version));
    }
}

}  // namespace rescuestream::cli::doctor
