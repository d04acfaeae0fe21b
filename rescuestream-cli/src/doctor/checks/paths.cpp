#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "commands/path_sharing.hpp"
#include "doctor/checks/checks.hpp"
#include "doctor/installation.hpp"
#include "doctor/report.hpp"
#include "mediamtx/entry_names.hpp"
#include "output.hpp"
#include "support/key_form.hpp"

namespace rescuestream::cli::doctor {
namespace {

// A path that a key with the default path would use.
constexpr std::string_view kUsualPath = "live/abcdefghijkl";

std::string secret_path() {
    return std::string(kKeyPrefix) + std::string(kKeyTailLength, 'a');
}

/// The entries of one node.
class Entries {
public:
    explicit Entries(const MediaConfiguration& found) : found_(found) {
        for (const auto& entry : found.paths) names_.push_back(entry.name);
    }
    const MediaPathSettings* of(std::string_view path) const {
        const auto place = entry_for(names_, path);
        return place ? &found_.paths[*place] : nullptr;
    }

private:
    const MediaConfiguration& found_;
    std::vector<std::string_view> names_;
};

void check_usual_path(const NodeFacts& node, const Entries& entries, Report& report) {
    const auto* usual = entries.of(kUsualPath);
    if (usual == nullptr) {
        report.error(node.subject(),
                     "MediaMTX refuses paths that no entry names, without asking, and none names "
                     "the paths of keys (live/…).",
                     "In mediamtx.yml, under paths: all_others: {}");
    } else if (usual->source != "publisher") {
        report.error(node.subject(),
                     fmt::format("The entry {} applies to the paths of keys (live/…), and lets "
                                 "nobody publish.",
                                 printable(usual->name)),
                     "In mediamtx.yml, under paths, an entry that precedes it: '~^live/.+$': {}");
    }
}

void check_secret_paths(const NodeFacts& node, const Entries& entries, Report& report) {
    const auto* secret = entries.of(secret_path());
    if (secret == nullptr) {
        report.warning(node.subject(),
                       "No entry allows a path that is a key value (sk_…), so devices that can "
                       "only send a path cannot publish.",
                       "In mediamtx.yml, under paths: all_others: {}; or set "
                       "LEGACY_PATH_KEYS=deny.");
    } else if (secret->record) {
        report.error(node.subject(),
                     "Devices that publish to their key are recorded under the key, in the name of "
                     "the file.",
                     "In mediamtx.yml, under paths: '~^(.+/)?sk_[0-9A-Za-z_-]{43}$': {record: no}");
    }
}

void check_key(const NodeFacts& node, const Entries& entries, const StreamKey& key,
               Report& report) {
    const auto* entry = entries.of(key.playback_path);
    if (entry == nullptr || entry->name != key.playback_path || is_entry_of_relay(*entry)) return;
    const std::string path = printable(key.playback_path);
    if (entry->source != "publisher") {
        report.error(node.subject(),
                     fmt::format("MediaMTX has an entry {} that pulls another source, so the "
                                 "encoder of the key \"{}\" cannot publish there.",
                                 path, printable(key.label)),
                     fmt::format("Rename the entry paths.{} in mediamtx.yml, or create a key with "
                                 "another --path.",
                                 path));
    } else if (!entry->command("runOnInit").empty()) {
        report.warning(node.subject(),
                       fmt::format("MediaMTX starts a program at {} (runOnInit), which is the path "
                                   "of the key \"{}\": devices that can only send a path cannot be "
                                   "watched there.",
                                   path, printable(key.label)),
                       fmt::format("Rename the entry paths.{} in mediamtx.yml.", path));
    }
}

// The paths that several usable keys share.
void check_shared_paths(Installation& installation, Report& report) {
    const auto& keys = installation.usable_keys();
    const auto& admin = installation.admin();
    if (!keys || !admin) return;
    std::map<std::string, std::size_t> count;
    for (const auto& key : *keys) {
        if (key.policies.priority) ++count[key.playback_path];
    }
    for (const auto& [path, members] : count) {
        if (members < 2) continue;
        const std::string subject = "path " + printable(path);
        const auto found = keys_of_path(**admin, path);
        if (!found) {
            report.skipped(subject, "Which keys share it cannot be read: " + found.error().message);
            continue;
        }
        const auto is_resting = [](const StreamKey& key) {
            return key.disabled || key.broadcaster_disabled;
        };
        const auto resting = std::count_if(found->keys.begin(), found->keys.end(), is_resting);
        const std::string sharing = "It is " + show_sharing(*found) + ".";
        if (static_cast<std::size_t>(resting) + 1 >= found->keys.size()) {
            report.warning(subject, sharing + " At most one of them may publish.",
                           "rescuestream-cli key enable KEY");
        } else {
            report.ok(subject, sharing);
        }
    }
}

void check_notes(const NodeFacts& node, Report& report) {
    for (const auto& note : node.status.path_notes) {
        if (note.kind != PathNoteKind::kNotPlayable) continue;
        report.warning(node.subject(),
                       fmt::format("The device at {} is live and cannot be watched: {}",
                                   printable(note.path), note.reason),
                       fmt::format("rescuestream-cli stream show {}", printable(note.path)));
    }
}

}  // namespace

void check_paths(Installation& installation, Report& report) {
    const auto* settings = installation.settings();
    const bool has_secret_paths =
        settings == nullptr || settings->orchestrator.legacy_path_keys != LegacyPathKeys::kDeny;
    for_each_configuration(
        installation, report, [&](const NodeFacts& node, const MediaConfiguration& found) {
            const auto before = report.all().size();
            const Entries entries(found);
            check_usual_path(node, entries, report);
            if (has_secret_paths) check_secret_paths(node, entries, report);
            const auto& keys = installation.usable_keys();
            if (keys) {
                for (const auto& key : *keys) check_key(node, entries, key, report);
            } else {
                report.skipped(
                    node.subject(),
                    fmt::format("The paths of keys are not compared with its entries: {}",
                                keys.error().message));
            }
            check_notes(node, report);
            if (report.faults_since(before) > 0) return;
            report.ok(node.subject(), keys ? "Its path entries let every key publish at its path."
                                           : "Its path entries let keys publish at usual paths.");
        });
    check_shared_paths(installation, report);
}

}  // namespace rescuestream::cli::doctor
