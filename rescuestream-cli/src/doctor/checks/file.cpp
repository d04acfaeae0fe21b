// Compares a mediamtx.yml with what MediaMTX uses. Its environment goes before the file.

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "doctor/checks/checks.hpp"
#include "doctor/installation.hpp"
#include "doctor/report.hpp"
#include "files.hpp"
#include "mediamtx/environment.hpp"
#include "mediamtx/owner_file.hpp"
#include "output.hpp"

namespace rescuestream::cli::doctor {
namespace {

constexpr std::size_t kMostDifferences = 20;

/// Finds the settings that a file has and that are not in use. A setting that the file leaves out
/// is not compared, because its default depends on the release of MediaMTX.
class FileComparison {
public:
    FileComparison(const OwnerFile& file, const MediaConfiguration& used)
        : file_(file), used_(used) {}

    struct Difference {
        std::string setting;   ///< "authMethod", "paths.cam1.record"
        std::string variable;  ///< The one that would set it.
        std::string what;      ///< What is in the file, and what is in use; without secrets.
    };

    std::vector<Difference> find() {
        word("authMethod", used_.auth_method);
        word("logLevel", used_.log_level);
        secret("authHTTPAddress", used_.auth_http_address);
        compare_exclusions();
        if (const auto* origins = file_.setting("apiAllowOrigins")) {
            if (words_of(origins) != used_.api_allow_origins) add({}, "apiAllowOrigins");
        }
        for (const auto& service : used_.services) compare_service(service);
        for (const auto& entry : path_entries(file_)) compare_entry(entry);
        find_added_entries();
        return std::move(found_);
    }

private:
    // `path`: of an entry; empty: the setting is global. An entry itself has no setting.
    void add(const std::string& path, const std::string& setting, std::string what = {}) {
        std::string place = path.empty() ? setting : "paths." + path;
        if (!path.empty() && !setting.empty()) place += "." + setting;
        std::string variable = variable_of(path, setting.empty() ? "…" : setting);
        found_.push_back({std::move(place), std::move(variable), std::move(what)});
    }
    void add_values(const std::string& path, const std::string& setting, std::string_view in_file,
                    std::string_view in_use) {
        add(path, setting,
            fmt::format(" is {} in the file, and {} in use", printable(in_file),
                        printable(in_use)));
    }

    void word(const std::string& name, const std::string& in_use) {
        const auto* member = file_.setting(name);
        if (member == nullptr || word_of(member).empty() || word_of(member) == in_use) return;
        add_values({}, name, word_of(member), in_use);
    }
    void secret(const std::string& name, const std::string& in_use) {
        const auto* member = file_.setting(name);
        if (member != nullptr && word_of(member) != in_use) add({}, name);
    }
    void flag(const std::string& path, const std::string& setting, const YamlMember* member,
              bool in_use) {
        if (member == nullptr || flag_of(member, in_use) == in_use) return;
        add_values(path, setting, in_use ? "no" : "yes", in_use ? "yes" : "no");
    }

    void compare_exclusions() {
        const auto* excluded = file_.setting("authHTTPExclude");
        if (excluded == nullptr) return;
        std::vector<MediaAuthExclusion> in_file;
        for (const auto& item : excluded->value->items) {
            in_file.push_back({word_of(item->find("action")), word_of(item->find("path"))});
        }
        if (in_file != used_.auth_http_exclude) add({}, "authHTTPExclude");
    }

    void compare_service(const MediaService& service) {
        flag({}, service.name, file_.setting(service.name), service.enabled);
        if (service.name != "moq") word(service.name + "Address", service.address);
    }

    void compare_entry(const PathEntry& entry) {
        const std::string& path = entry.name;
        const auto used =
            std::find_if(used_.paths.begin(), used_.paths.end(),
                         [&](const MediaPathSettings& each) { return each.name == entry.name; });
        if (used == used_.paths.end()) return add(path, {}, " is in the file, and not in use");
        flag(path, "record", entry.effective("record"), used->record);
        flag(path, "overridePublisher", entry.effective("overridePublisher"),
             used->override_publisher);
        const auto* source = entry.effective("source");
        if (source != nullptr && word_of(source, "publisher") != used->source) {
            add(path, "source");
        }
        for (const auto& [name, command] : used->commands) {
            if (word_of(entry.effective(name)) != command && !has_command(entry, command)) {
                add(path, name);
            }
        }
    }

    // Under any name, because MediaMTX has renamed hooks and reads the old names, too.
    static bool has_command(const PathEntry& entry, std::string_view command) {
        const auto has = [&](const YamlNode* node) {
            return node != nullptr && std::any_of(node->members.begin(), node->members.end(),
                                                  [&](const YamlMember& member) {
                                                      return member.key.starts_with("runOn") &&
                                                             member.value->text == command;
                                                  });
        };
        return has(entry.member->value.get()) || has(entry.defaults);
    }

    void find_added_entries() {
        const auto entries = path_entries(file_);
        for (const auto& used : used_.paths) {
            const bool is_in_file =
                std::any_of(entries.begin(), entries.end(),
                            [&](const PathEntry& entry) { return entry.name == used.name; });
            if (is_in_file || is_entry_of_relay(used)) continue;
            add(used.name, {}, " is in use, and not in the file");
        }
    }

    const OwnerFile& file_;
    const MediaConfiguration& used_;
    std::vector<Difference> found_;
};

const NodeFacts* node_of_file(Installation& installation) {
    const auto& nodes = installation.nodes();
    const auto found = std::find_if(nodes.begin(), nodes.end(),
                                    [](const NodeFacts& node) { return node.status.is_default; });
    return found == nodes.end() ? nullptr : &*found;
}

}  // namespace

void check_file(Installation& installation, Report& report) {
    const std::string& path = installation.media_mtx_file();
    if (path.empty()) return;
    const std::string name = printable(path);
    auto text = read_text_file(path);
    if (!text) {
        return report.error(name, "It cannot be read.",
                            "Name the file that MediaMTX was started with, as a user who may "
                            "read it.");
    }
    const auto file = OwnerFile::parse(*std::move(text));
    if (!file) {
        return report.error(name, file.error().message,
                            "Correct the file: MediaMTX does not start with it.");
    }
    const auto* node = node_of_file(installation);
    if (node == nullptr || !node->configuration) {
        return report.skipped(name, "The configuration that MediaMTX uses cannot be read.");
    }
    const auto differences = FileComparison(*file, *node->configuration).find();
    for (std::size_t i = 0; i < differences.size() && i < kMostDifferences; ++i) {
        const auto& each = differences[i];
        report.warning(
            node->subject(),
            fmt::format("{}{}: its environment goes before the file, or it was started with "
                        "another file, or changed at run time.",
                        printable(each.setting),
                        each.what.empty() ? " is another in the file than in use" : each.what),
            each.variable.empty()
                ? "Restart MediaMTX with this file."
                : fmt::format("Remove {} from MediaMTX's environment, if it is there; else restart "
                              "MediaMTX with this file.",
                              each.variable));
    }
    if (differences.empty()) {
        report.ok(node->subject(), fmt::format("MediaMTX uses what {} says.", name));
    }
}

}  // namespace rescuestream::cli::doctor
