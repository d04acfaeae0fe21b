#include "mediamtx/required.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "mediamtx/config_values.hpp"
#include "support/ip_address.hpp"
#include "support/key_form.hpp"

namespace rescuestream::cli {
namespace {

// A path that a key with the default path would use.
constexpr std::string_view kUsualPath = "live/abcdefghijkl";

// A path that a device would use that publishes to its key.
std::string secret_path() {
    return std::string(kKeyPrefix) + std::string(kKeyTailLength, 'a');
}

/// What is said of a setting: before a merge what must become of it, and after a merge what it has
/// become and why, unless the first fits both times.
struct Told {
    Told(const char* text) : before(text) {}         // NOLINT(*-explicit-*): most have one text
    Told(std::string text, std::string merged = {})  // NOLINT(*-explicit-*)
        : before(std::move(text)), after(std::move(merged)) {}

    std::string before;
    std::string after;
};

/// Collects the changes of a file. Settings that it lacks are added together at the end, so that
/// each mapping receives its lines in one edit.
class RequiredChanges {
public:
    RequiredChanges(const OwnerFile& file, const MoveTarget& target, Move& move)
        : file_(file), target_(target), editor_(file), entries_(path_entries(file)), move_(move) {}

    Result<void> plan() {
        plan_authentication();
        plan_control();
        plan_rtsp();
        plan_moq();
        plan_takeover();
        if (auto planned = plan_hooks(); !planned) return planned;
        plan_paths();
        plan_recording();
        add_lines();
        return {};
    }

private:
    void add_finding(Severity severity, int line, std::string subject, Told told, bool is_merged) {
        if (!is_merged) told.before += " Change it by hand.";
        move_.findings.push_back({severity, line, std::move(subject), std::move(told.before),
                                  is_merged, std::move(told.after)});
    }

    void change(Severity severity, const YamlMember& member, std::string subject, Told told,
                std::vector<TextEdit> edits) {
        const bool is_merged = !edits.empty();
        // A mapping that several paths share by an alias is changed once.
        const bool is_new = is_merged && std::none_of(move_.edits.begin(), move_.edits.end(),
                                                      [&](const TextEdit& edit) {
                                                          return edit.begin == edits.front().begin;
                                                      });
        std::string changed = subject;
        if (changed.starts_with("pathDefaults.")) changed[std::string("pathDefaults").size()] = '/';
        add_finding(severity, member.line, std::move(subject), std::move(told), is_merged);
        if (!is_merged) return;
        move_.changed.push_back(std::move(changed));
        if (is_new) {
            move_.edits.insert(move_.edits.end(), std::make_move_iterator(edits.begin()),
                               std::make_move_iterator(edits.end()));
        }
    }

    // Gives the global setting `name` the value, unless it has it (`is_right`).
    void require(std::string_view name, std::string_view value, bool is_right, Severity severity,
                 Told told) {
        if (is_right) return;
        const auto* member = file_.setting(name);
        if (member != nullptr) {
            change(severity, *member, std::string(name), std::move(told),
                   editor_.set_value(*member, value));
            return;
        }
        add_finding(severity, 0, std::string(name), std::move(told), true);
        globals_.push_back(fmt::format("{}: {}", name, value));
        move_.changed.emplace_back(name);
    }

    void add_line(std::string_view mapping, std::vector<std::string>& lines, std::string key,
                  std::string line, Severity severity, Told told) {
        const bool can = !editor_.add_to(mapping, {line}).empty();
        add_finding(severity, 0, fmt::format("{}.{}", mapping, key), std::move(told), can);
        if (!can) return;
        lines.push_back(std::move(line));
        move_.changed.push_back(fmt::format("{}/{}", mapping, key));
    }

    void plan_authentication() {
        const bool asks = word_of(file_.setting("authMethod")) == "http";
        require("authMethod", "http", asks, Severity::kError,
                {"MediaMTX must ask RescueStream who may publish: the method must be http.",
                 "It is http now, so that MediaMTX asks RescueStream who may publish."});
        const auto wanted = auth_address(target_.config);
        if (const auto* old = file_.setting("externalAuthenticationURL")) {
            change(Severity::kError, *old, old->key,
                   {"This old name replaces authHTTPAddress, so it must go.",
                    "This old name replaced authHTTPAddress, so it is a comment now."},
                   editor_.comment_out(*old));
        }
        const auto* address = file_.setting("authHTTPAddress");
        const bool asks_another = asks && !word_of(address).empty();
        Told told = {"It must be the address of rescuestream-server (--server-url).",
                     "It is the address of rescuestream-server now."};
        if (asks_another) {
            told = {
                "Another address is asked now. It must be that of rescuestream-server "
                "(--server-url); the service that is asked now is not asked any more.",
                "It is the address of rescuestream-server now; the service that was asked before "
                "is not asked any more."};
        }
        require("authHTTPAddress", yaml_quoted(wanted), word_of(address) == wanted,
                Severity::kError, std::move(told));
        plan_exclusions();
    }

    void plan_exclusions() {
        const auto* excluded = file_.setting("authHTTPExclude");
        bool opens_streams = false;
        if (excluded != nullptr) {
            for (const auto& item : excluded->value->items) {
                const auto action = word_of(item->find("action"));
                opens_streams |= action != "api" && action != "metrics" && action != "pprof";
            }
        }
        const std::string other_programs =
            "RescueStream has it; other programs find its password in DATA_DIR/mediamtx-password.";
        const bool is_empty = excluded != nullptr &&
                              excluded->value->kind == YamlNode::Kind::kSequence &&
                              excluded->value->items.empty();
        require(
            "authHTTPExclude", "[]", is_empty,
            opens_streams ? Severity::kError : Severity::kWarning,
            opens_streams
                ? Told("MediaMTX does not ask about what is excluded here, so nobody controls "
                       "it: it must be [].",
                       "It is [] now: MediaMTX did not ask about what was excluded, so nobody "
                       "controlled it.")
                : Told("It should be [], so that control interface and metrics need a "
                       "credential. " +
                           other_programs,
                       "It is [] now, so that control interface and metrics need a credential. " +
                           other_programs));
    }

    void plan_control() {
        require("api", "yes", flag_of(file_.setting("api"), false), Severity::kError,
                {"RescueStream needs MediaMTX's control interface.",
                 "It is on now, because RescueStream needs MediaMTX's control interface."});
        const auto* address = file_.setting("apiAddress");
        const auto host = host_of(word_of(address, ":9997"));
        const auto& bind = target_.config.api_bind;
        const bool is_right = target_.api_bind_is_given
                                  ? host == bind
                                  : is_loopback_address(host) || host == "localhost";
        const bool is_v6 = bind.find(':') != std::string::npos;
        require("apiAddress",
                yaml_quoted(fmt::format("{0}{1}{2}:{3}", is_v6 ? "[" : "", bind, is_v6 ? "]" : "",
                                        port_of(word_of(address), 9997))),
                is_right, Severity::kWarning,
                {"It should listen on this machine only, because its callers can make MediaMTX run "
                 "programs. If RescueStream runs on another machine or in another container, give "
                 "--api-bind.",
                 "It listens at one address only, because its callers can make MediaMTX run "
                 "programs. If RescueStream runs on another machine or in another container, give "
                 "--api-bind."});
        const Told told{
            "Pages of every origin may call the control interface from a browser: it should be "
            "[].",
            "It is [] now: pages of every origin could call the control interface from a "
            "browser."};
        if (const auto* old = file_.setting("apiAllowOrigin")) {
            const auto* now = file_.setting("apiAllowOrigins");
            change(Severity::kWarning, *old, old->key, told,
                   now == nullptr ? editor_.replace(*old, "apiAllowOrigins", "[]")
                                  : editor_.comment_out(*old));
            move_.changed.emplace_back("apiAllowOrigins");
            if (now == nullptr) return;
        }
        const auto* origins = file_.setting("apiAllowOrigins");
        require("apiAllowOrigins", "[]",
                origins != nullptr && origins->value->kind == YamlNode::Kind::kSequence &&
                    origins->value->items.empty(),
                Severity::kWarning, told);
    }

    void plan_rtsp() {
        for (const auto* name : {"rtspAuthMethods", "authMethods"}) {
            const auto* methods = file_.setting(name);
            const auto words = words_of(methods);
            if (std::find(words.begin(), words.end(), "digest") == words.end()) continue;
            change(Severity::kError, *methods, name,
                   {"It must be [basic]: MediaMTX cannot pass digest credentials on, and does not "
                    "start with them.",
                    "It is [basic] now: MediaMTX cannot pass digest credentials on, and does not "
                    "start with them."},
                   editor_.set_value(*methods, "[basic]"));
        }
    }

    void plan_moq() {
        const auto* moq = file_.setting("moq");
        const auto& version = target_.config.version;
        const bool knows = moq != nullptr || (version && *version >= kMoqKnown);
        if (knows) {
            require("moq", "no", !flag_of(moq, true), Severity::kError,
                    {"A connection of Media over QUIC cannot be cut off, and it is on by default.",
                     "It is off now: a connection of Media over QUIC cannot be cut off."});
        } else if (!version) {
            move_.findings.push_back({Severity::kNote, 0, "moq",
                                      "From 1.19 on MediaMTX serves Media over QUIC, a connection "
                                      "of which cannot be cut "
                                      "off. Start it with MTX_MOQ=no, or give --mediamtx-version.",
                                      false});
        }
    }

    void plan_takeover() {
        const Told told{
            "It must be yes, or MediaMTX refuses an encoder that comes back while its previous "
            "connection is open (up to 10 s). RescueStream decides who may take over "
            "(ON_DUPLICATE).",
            "An encoder may come back now while its previous connection is open (MediaMTX keeps it "
            "up to 10 s). RescueStream decides who may take over (ON_DUPLICATE)."};
        const auto check = [&](const YamlNode* settings, const std::string& where,
                               const std::string& pointer) {
            if (settings == nullptr) return;
            const auto* may = settings->find("overridePublisher");
            const auto* may_not = settings->find("disablePublisherOverride");
            for (const auto& [member, value] :
                 {std::pair{flag_of(may, true) ? nullptr : may, "yes"},
                  std::pair{flag_of(may_not, false) ? may_not : nullptr, "no"}}) {
                if (member == nullptr) continue;
                change(Severity::kError, *member, where + "." + member->key, told,
                       editor_.set_value(*member, value));
                move_.changed.push_back(pointer + "/" + member->key);
            }
        };
        check(file_.path_defaults(), "pathDefaults", "pathDefaults");
        for (const auto& entry : entries_) {
            check(entry.member->value.get(), "paths." + entry.name, "paths/" + entry.name);
        }
    }

    Result<void> plan_hooks() {
        if (target_.config.hook_program.empty()) return {};
        const bool renamed = target_.config.version && *target_.config.version >= kReadyRenamed;
        if (auto planned = plan_hook("ready", "runOnReady", "runOnAvailable", renamed); !planned) {
            return planned;
        }
        return plan_hook("not-ready", "runOnNotReady", "runOnUnavailable", renamed);
    }

    Result<void> plan_hook(std::string_view event, std::string_view old_name,
                           std::string_view new_name, bool renamed) {
        const auto command = hook_command(target_.config, event);
        if (!command) return command.error();
        const std::string message =
            "RescueStream's hook reports at once that a stream begins or ends; without it, the "
            "next poll finds that within a second.";
        const auto* defaults = file_.path_defaults();
        const YamlMember* empty = nullptr;
        for (const auto name : {new_name, old_name}) {
            const auto* hook = defaults == nullptr ? nullptr : defaults->find(name);
            if (hook == nullptr) continue;
            const auto present = word_of(hook);
            const auto subject = fmt::format("pathDefaults.{}", name);
            if (present == *command) return {};
            if (present.empty()) {
                empty = hook;
            } else if (present.find(fmt::format(" hook {} --server ", event)) !=
                       std::string::npos) {
                change(Severity::kWarning, *hook, subject,
                       {"This hook of RescueStream names another program or server.",
                        "This hook of RescueStream named another program or server."},
                       editor_.set_value(*hook, yaml_quoted(*command)));
                return {};
            } else {
                move_.findings.push_back(
                    {Severity::kNote, hook->line, subject,
                     "Your hook keeps running. RescueStream's own is not added, so a stream that "
                     "begins or ends is noticed by the next poll, within a second.",
                     false});
                return {};
            }
        }
        const auto name = renamed ? new_name : old_name;
        const auto restart = fmt::format("{}Restart", name);
        if (defaults != nullptr && flag_of(defaults->find(restart), false)) return {};
        if (empty != nullptr) {
            change(Severity::kNote, *empty, fmt::format("pathDefaults.{}", empty->key), message,
                   editor_.set_value(*empty, yaml_quoted(*command)));
            return {};
        }
        add_line("pathDefaults", defaults_, std::string(name),
                 fmt::format("{}: {}", name, yaml_quoted(*command)), Severity::kNote, message);
        return {};
    }

    void plan_paths() {
        const auto usual = entry_of(entries_, kUsualPath);
        if (!usual) {
            add_line("paths", paths_, "all_others", "all_others: {}", Severity::kError,
                     {"MediaMTX refuses paths that no entry names, without asking. RescueStream "
                      "decides which path belongs to which key, so all others must be allowed.",
                      "MediaMTX refused paths that no entry names, without asking. RescueStream "
                      "decides which path belongs to which key, so all others are allowed now."});
            return;
        }
        const auto source = word_of(usual->effective("source"), "publisher");
        if (source != "publisher") {
            add_finding(Severity::kError, usual->line, "paths." + usual->name,
                        "This entry applies to the paths of stream keys (live/…), and lets nobody "
                        "publish. Add an entry for them that precedes it, such as "
                        "'~^live/.+$': {}.",
                        false);
        }
        if (!target_.path_keys_are_denied && !entry_of(entries_, secret_path())) {
            move_.findings.push_back(
                {Severity::kWarning, 0, "paths",
                 "No entry allows a path that is a key value (sk_…), so devices that can only send "
                 "a path cannot publish. Add all_others if you have such devices.",
                 false});
        }
    }

    void plan_recording() {
        if (target_.path_keys_are_denied) return;
        for (const auto& path : {secret_path(), "live/" + secret_path()}) {
            if (is_recorded(path)) return plan_secret_recording(path);
        }
    }

    bool is_recorded(const std::string& path) const {
        if (const auto entry = entry_of(entries_, path)) {
            return flag_of(entry->effective("record"), false);
        }
        // Without an entry, the one that is added (all_others) has the defaults.
        const auto* defaults = file_.path_defaults();
        return defaults != nullptr && !paths_.empty() && flag_of(defaults->find("record"), false);
    }

    void plan_secret_recording(const std::string& path) {
        const Told told{
            "A device that publishes to its key must not be recorded under the key, which would "
            "be the file's name. It is recorded at its public path. (LEGACY_PATH_KEYS=deny refuses "
            "such devices.)",
            "A device that publishes to its key is not recorded under the key any more, which was "
            "the file's name, but at its public path. (LEGACY_PATH_KEYS=deny refuses such "
            "devices.)"};
        const auto entry = entry_of(entries_, path);
        const auto* own = entry ? entry->own("record") : nullptr;
        if (entry && entry->name == kSecretPathEntry && own != nullptr) {
            change(Severity::kError, *own, "paths." + entry->name + ".record", told,
                   editor_.set_value(*own, "no"));
            move_.changed.push_back("paths/" + entry->name + "/record");
        } else if (entry && !entry->is_catch_all() && entry->name <= kSecretPathEntry) {
            add_finding(Severity::kError, entry->line, "paths." + entry->name, told, false);
        } else {
            add_line("paths", paths_, std::string(kSecretPathEntry),
                     fmt::format("{}: {{record: no}}", yaml_quoted(kSecretPathEntry)),
                     Severity::kError, told);
        }
    }

    void add_lines() {
        const auto add = [&](std::vector<TextEdit> edits) {
            move_.edits.insert(move_.edits.end(), std::make_move_iterator(edits.begin()),
                               std::make_move_iterator(edits.end()));
        };
        // What joins a mapping at the end of the file precedes what is added behind it.
        for (const bool exists : {true, false}) {
            for (const auto& [name, lines] :
                 {std::pair{"pathDefaults", &defaults_}, std::pair{"paths", &paths_}}) {
                if (lines->empty() || (file_.setting(name) != nullptr) != exists) continue;
                add(editor_.add_to(name, *lines));
            }
        }
        if (globals_.empty()) return;
        std::vector<std::string> lines{"",
                                       "# Added by `rescuestream-cli mediamtx config --merge`."};
        lines.insert(lines.end(), globals_.begin(), globals_.end());
        add(editor_.append(lines));
    }

    const OwnerFile& file_;
    const MoveTarget& target_;
    FileEditor editor_;
    std::vector<PathEntry> entries_;
    Move& move_;
    std::vector<std::string> globals_;
    std::vector<std::string> defaults_;
    std::vector<std::string> paths_;
};

}  // namespace

Result<void> plan_required(const OwnerFile& file, const MoveTarget& target, Move& move) {
    return RequiredChanges(file, target, move).plan();
}

}  // namespace rescuestream::cli
