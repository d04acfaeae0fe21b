#include <fmt/format.h>

#include <algorithm>

#include "doctor/checks/checks.hpp"
#include "doctor/installation.hpp"
#include "doctor/report.hpp"
#include "mediamtx/local_publisher.hpp"
#include "output.hpp"
#include "rules/path_pattern.hpp"
#include "support/helper_credential.hpp"

namespace rescuestream::cli::doctor {
namespace {

constexpr std::string_view kHelperAddress = "://helper:";

bool is_exempted(const MediaConfiguration& found, const std::string& path) {
    return std::any_of(found.auth_http_exclude.begin(), found.auth_http_exclude.end(),
                       [&](const MediaAuthExclusion& each) {
                           const bool is_publish = each.action.empty() || each.action == "publish";
                           // An expression is taken as one that applies.
                           return is_publish && (each.path.empty() || each.path == path ||
                                                 each.path.starts_with('~'));
                       });
}

/// Examines the commands of one node.
class Commands {
public:
    Commands(Installation& installation, const NodeFacts& node, const MediaConfiguration& found,
             Report& report)
        : node_(node),
          found_(found),
          report_(report),
          knows_helper_paths_(installation.knows("HELPER_PATHS")),
          knows_ignore_paths_(installation.knows("IGNORE_PATHS")) {
        const auto* settings = installation.settings();
        if (settings != nullptr) {
            helper_paths_ = settings->orchestrator.helper_paths;
            ignore_paths_ = settings->orchestrator.ignore_paths;
        }
        const auto* connection = installation.media_access();
        if (connection != nullptr && !connection->settings.control_secret.empty()) {
            userinfo_ = helper_userinfo(connection->settings.control_secret, node.status.node.name);
        }
    }

    void examine() {
        for (const auto& entry : found_.paths) {
            for (const auto& [setting, command] : entry.commands) {
                // MediaMTX tells it by its present name, runOnAvailable, too.
                const bool is_told =
                    setting == "runOnReady" && entry.command("runOnAvailable") == command;
                if (!is_told && publishes_locally(command)) examine_helper(entry, setting, command);
            }
        }
    }
    std::size_t count() const { return count_; }

private:
    void examine_helper(const MediaPathSettings& entry, const std::string& setting,
                        const std::string& command) {
        ++count_;
        const bool has_own_path =
            !entry.name.starts_with('~') && entry.name != "all_others" && entry.name != "all";
        const std::string place = fmt::format("paths.{}.{}", printable(entry.name), setting);
        if (command.find(":sk_") != std::string::npos) return;  // with a stream key
        const auto at = command.find(kHelperAddress);
        if (at == std::string::npos) return report_bare(entry, place);
        // What runOnReady starts usually publishes to another path, which is in the command alone.
        const bool is_its_path = setting == "runOnInit" || setting == "runOnDemand";
        const bool is_named = rules::matches_any(helper_paths_, entry.name);
        if (has_own_path && is_its_path && !is_named && !knows_helper_paths_) {
            report_.skipped(node_.subject(),
                            fmt::format("{}: whether the server's HELPER_PATHS names its path is "
                                        "not known here.",
                                        place));
        } else if (has_own_path && is_its_path && !is_named) {
            report_.error(node_.subject(),
                          fmt::format("{}: the program is refused, because HELPER_PATHS does not "
                                      "name its path.",
                                      place),
                          fmt::format("Set HELPER_PATHS={} for the server (separate several by "
                                      "commas), and restart it.",
                                      printable(entry.name)));
        }
        const std::string wanted = "://" + userinfo_ + "@";
        if (!userinfo_.empty() && command.compare(at, wanted.size(), wanted) != 0) {
            report_.error(
                node_.subject(),
                fmt::format("{}: the program is refused, because its password is not "
                            "that of the helpers of this node.",
                            place),
                fmt::format("Copy the address that `rescuestream-cli mediamtx "
                            "config{}` prints.",
                            node_.status.is_default ? "" : " --node " + node_.status.node.name));
        }
    }

    void report_bare(const MediaPathSettings& entry, const std::string& place) {
        if (is_exempted(found_, entry.name)) {
            if (rules::matches_any(ignore_paths_, entry.name)) return;
            if (!knows_ignore_paths_) {
                return report_.skipped(node_.subject(),
                                       fmt::format("{}: whether the server's IGNORE_PATHS names "
                                                   "its path is not known here.",
                                                   place));
            }
            report_.error(node_.subject(),
                          fmt::format("{}: MediaMTX does not ask about the program "
                                      "(authHTTPExclude), and RescueStream removes it every time.",
                                      place),
                          fmt::format("Set IGNORE_PATHS={} for the server, and restart it.",
                                      printable(entry.name)));
            return;
        }
        report_.error(
            node_.subject(),
            fmt::format("{}: the program publishes to MediaMTX without a credential, so it is "
                        "refused.",
                        place),
            fmt::format("Set HELPER_PATHS to its path for the server, and let it publish to the "
                        "address that `rescuestream-cli mediamtx config` then prints "
                        "(rtsp://helper:…); or create a key: rescuestream-cli key create "
                        "--broadcaster NAME --path {}",
                        printable(entry.name)));
    }

    const NodeFacts& node_;
    const MediaConfiguration& found_;
    Report& report_;
    const bool knows_helper_paths_;
    const bool knows_ignore_paths_;
    std::vector<std::string> helper_paths_;
    std::vector<std::string> ignore_paths_;
    std::string userinfo_;  // "helper:PASSWORD"; empty: unknown
    std::size_t count_ = 0;
};

// Keys from before the setting, which keep helpers away.
void check_keys_at_helper_paths(Installation& installation, Report& report) {
    const auto* settings = installation.settings();
    if (settings == nullptr) return;
    const auto& patterns = settings->orchestrator.helper_paths;
    if (patterns.empty()) return;
    if (rules::matches_any(patterns, "live/abcdefghijkl")) {
        report.error("",
                     "HELPER_PATHS contains the paths that new keys get (live/…), so no key can be "
                     "created without --path.",
                     "Name only the paths of helpers in HELPER_PATHS, for example cam/*.");
    }
    const auto& keys = installation.usable_keys();
    if (!keys) return;  // the check of the paths says so
    for (const auto& key : *keys) {
        if (!rules::matches_any(patterns, key.playback_path)) continue;
        report.warning("",
                       fmt::format("The key \"{}\" has the path {}, which is one of HELPER_PATHS: "
                                   "helpers are refused there as long as the key may be used.",
                                   printable(key.label), printable(key.playback_path)),
                       fmt::format("rescuestream-cli key revoke {}, or take the path out of "
                                   "HELPER_PATHS.",
                                   key.id.to_string()));
    }
}

}  // namespace

void check_helpers(Installation& installation, Report& report) {
    check_keys_at_helper_paths(installation, report);
    for_each_configuration(
        installation, report, [&](const NodeFacts& node, const MediaConfiguration& found) {
            const auto before = report.all().size();
            Commands commands(installation, node, found, report);
            commands.examine();
            if (report.faults_since(before) > 0) return;
            report.ok(node.subject(), commands.count() == 0
                                          ? "MediaMTX starts no program that publishes to it."
                                          : counted(commands.count(), "program") +
                                                " that MediaMTX starts may publish.");
        });
}

}  // namespace rescuestream::cli::doctor
