#include "doctor/checks/authentication.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "doctor/checks/checks.hpp"
#include "doctor/installation.hpp"
#include "doctor/report.hpp"
#include "http_client.hpp"
#include "support/ip_address.hpp"
#include "support/media_credential.hpp"
#include "support/url.hpp"

namespace rescuestream::cli::doctor {
namespace {

constexpr std::chrono::milliseconds kConnect{1'000};
constexpr std::chrono::milliseconds kExchange{2'000};
constexpr std::size_t kLargestAnswer = 64U * 1024;

std::string merge_command(const NodeFacts& node) {
    return fmt::format(
        "rescuestream-cli mediamtx config --merge mediamtx.yml --output mediamtx.yml{}",
        node.status.is_default ? "" : " --node " + node.status.node.name);
}

bool is_loopback(const std::string& host) {
    return host == "localhost" || is_loopback_address(host);
}

// Where the address leads, for messages: it may contain the media secret.
std::string place_of(const HttpUrl& url) {
    return url.origin() + url.path;
}

// Asks whether a server answers there. Only what this machine can reach is known.
void check_place(const NodeFacts& node, const HttpUrl& url, Report& report) {
    if (is_loopback(url.host) && !node.is_local()) {
        return report.warning(
            node.subject(),
            fmt::format("authHTTPAddress is {}, which is the machine of MediaMTX itself, and that "
                        "is not this one.",
                        place_of(url)),
            merge_command(node) + " --server-url http://ADDRESS-OF-THIS-MACHINE:PORT");
    }
    HttpClientOptions options;
    options.connect = kConnect;
    options.total = kExchange;
    options.most_bytes = kLargestAnswer;
    options.check_certificate = false;
    const auto reply = HttpClient(url.origin(), options).send("GET", "/livez", {});
    if (!reply) {
        report.error(node.subject(),
                     fmt::format("authHTTPAddress leads to no server, so every publisher is "
                                 "refused. {}",
                                 reply.error().message),
                     "Start rescuestream-server, or correct the address: " + merge_command(node));
    } else if (reply->status != 200 || reply->body.find("\"status\":\"ok\"") == std::string::npos) {
        // The address for MediaMTX alone answers nothing else.
        if (reply->status == 404 && reply->body.find("\"/errors/not-found\"") != std::string::npos)
            return;
        report.error(node.subject(),
                     fmt::format("authHTTPAddress leads to {}, where another program answers.",
                                 place_of(url)),
                     merge_command(node));
    }
}

void check_route(const NodeFacts& node, const HttpUrl& url, Report& report) {
    const std::string own = "/auth/" + node.status.node.name;
    if (url.path == own || (node.status.is_default && url.path == "/auth")) return;
    report.error(node.subject(),
                 fmt::format("authHTTPAddress has the path \"{}\"; it must be {}.", url.path,
                             node.status.is_default ? "/auth" : own),
                 merge_command(node));
}

void check_node_secret(Installation& installation, const NodeFacts& node, std::string_view given,
                       Report& report) {
    const auto* connection = installation.media_access();
    if (connection == nullptr || connection->settings.control_secret.empty()) {
        return report.skipped(node.subject(),
                              "The credential in authHTTPAddress cannot be compared: start doctor "
                              "with the server's settings, on its machine.");
    }
    const Secret own = media_secret_of(connection->settings.control_secret, node.status.node.name);
    if (own.equals(given)) return;
    report.warning(
        node.subject(),
        "authHTTPAddress has the credential of another node, or of an earlier "
        "API_SECRET: it is only accepted from addresses of MEDIA_ALLOW, which need none.",
        merge_command(node) + " --server-url URL-OF-THE-SERVER");
}

void check_media_secret(Installation& installation, const NodeFacts& node, const HttpUrl& url,
                        Report& report) {
    const auto* settings = installation.settings();
    if (settings == nullptr) return;
    const bool has_secret = !settings->media_secret.empty();
    const auto given = percent_decode(url.password);
    if (given && given->starts_with(kMediaSecretPrefix)) {
        return check_node_secret(installation, node, *given, report);
    }
    const bool is_right = given && settings->media_secret.equals(*given);
    if (has_secret && !is_right) {
        report.error(
            node.subject(),
            url.password.empty()
                ? "authHTTPAddress has no MEDIA_SECRET, which the server demands, so every "
                  "publisher is refused."
                : "authHTTPAddress has another MEDIA_SECRET than these settings, so every "
                  "publisher is refused.",
            merge_command(node) + " --media-secret-file FILE");
    } else if (!has_secret && !url.password.empty()) {
        report.skipped(node.subject(),
                       "authHTTPAddress has a MEDIA_SECRET, and these settings have none: start "
                       "doctor with the server's settings to compare them.");
    }
}

void check_exclusion(Installation& installation, const NodeFacts& node,
                     const MediaAuthExclusion& excluded, Report& report) {
    const std::string what = fmt::format(
        "authHTTPExclude exempts {}{}", excluded.action.empty() ? "every action" : excluded.action,
        excluded.path.empty() ? "" : fmt::format(" at {}", excluded.path));
    const std::string mend =
        "Delete the entry from authHTTPExclude in mediamtx.yml, or: " + merge_command(node);
    const bool is_any = excluded.action.empty();
    if ((is_any || excluded.action == "publish") && excluded.path.empty()) {
        report.error(
            node.subject(),
            what + ": everybody may publish, without a key, and is removed only afterwards.", mend);
    } else if (is_any || excluded.action == "publish") {
        const auto* settings = installation.settings();
        const bool has_ignored =
            settings != nullptr && !settings->orchestrator.ignore_paths.empty();
        report.warning(node.subject(),
                       what + ": publishers there are not asked about" +
                           (has_ignored ? ", and stay only at paths that IGNORE_PATHS names."
                                        : ", and are removed, because IGNORE_PATHS is not set."),
                       mend + "; or name the path in IGNORE_PATHS.");
    }
    if (is_any || excluded.action == "api") {
        report.error(node.subject(),
                     what +
                         ": the control interface is open without a credential, and whoever "
                         "reaches it can make MediaMTX run programs.",
                     mend);
    }
    if (excluded.action == "metrics" || excluded.action == "pprof") {
        report.warning(node.subject(), what + ": whoever reaches the port can read it.", mend);
    }
    if (excluded.action == "read" || excluded.action == "playback") {
        report.warning(node.subject(),
                       what + ": viewers are not asked about, so secret paths are not refused.",
                       mend);
    }
}

void examine_authentication(Installation& installation, const NodeFacts& node,
                            const MediaConfiguration& found, Report& report) {
    const auto before = report.all().size();
    if (found.auth_method != "http") {
        return report.error(node.subject(),
                            fmt::format("MediaMTX does not ask RescueStream who may publish "
                                        "(authMethod: {}).",
                                        found.auth_method),
                            merge_command(node));
    }
    const auto url = parse_http_url(found.auth_http_address);
    if (!url) {
        return report.error(node.subject(), "authHTTPAddress is no address.", merge_command(node));
    }
    check_route(node, *url, report);
    check_media_secret(installation, node, *url, report);
    check_place(node, *url, report);
    for (const auto& excluded : found.auth_http_exclude) {
        check_exclusion(installation, node, excluded, report);
    }
    if (report.faults_since(before) == 0) {
        report.ok(node.subject(), fmt::format("MediaMTX asks {} about everybody.", place_of(*url)));
    }
}

}  // namespace

bool asks_here(Installation& installation, const NodeFacts& node) {
    if (!node.configuration) return false;
    Report report;
    examine_authentication(installation, node, *node.configuration, report);
    return report.faults_since(0) == 0;
}

void check_authentication(Installation& installation, Report& report) {
    for_each_configuration(installation, report,
                           [&](const NodeFacts& node, const MediaConfiguration& found) {
                               examine_authentication(installation, node, found, report);
                           });
}

}  // namespace rescuestream::cli::doctor
