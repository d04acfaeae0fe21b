#include "mediamtx/environment.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <string_view>
#include <utility>

#include "mediamtx/config_values.hpp"
#include "mediamtx/setting_names.hpp"
#include "mediamtx/text_edits.hpp"
#include "support/ascii.hpp"

namespace rescuestream::cli {
namespace {

constexpr std::array<std::string_view, 27> kGlobals{"authMethod",
                                                    "authHTTPAddress",
                                                    "api",
                                                    "apiAddress",
                                                    "apiEncryption",
                                                    "apiAllowOrigins",
                                                    "moq",
                                                    "metrics",
                                                    "playback",
                                                    "logLevel",
                                                    "rtsp",
                                                    "rtspAddress",
                                                    "rtspsAddress",
                                                    "rtspEncryption",
                                                    "rtspAuthMethods",
                                                    "rtmp",
                                                    "rtmpAddress",
                                                    "rtmpsAddress",
                                                    "rtmpEncryption",
                                                    "srt",
                                                    "srtAddress",
                                                    "webrtc",
                                                    "webrtcAddress",
                                                    "webrtcEncryption",
                                                    "hls",
                                                    "hlsAddress",
                                                    "hlsEncryption"};
constexpr std::array<std::string_view, 9> kOfPaths{
    "source",     "record",        "overridePublisher", "runOnInit",       "runOnDemand",
    "runOnReady", "runOnNotReady", "runOnAvailable",    "runOnUnavailable"};
constexpr std::array<std::string_view, 2> kLists{"apiAllowOrigins", "rtspAuthMethods"};

std::string upper(std::string_view name) {
    std::string text(name);
    for (char& c : text) {
        if (is_lower(c)) c = static_cast<char>(c - 'a' + 'A');
    }
    return text;
}

// What MediaMTX tells a hook, which may have started this program.
constexpr std::array<std::string_view, 6> kOfHooks{"PATH",    "QUERY",   "CONN_",
                                                   "SOURCE_", "READER_", "SEGMENT_"};

template <class Names>
bool has_variable(const Names& settings, std::string_view variable) {
    return std::any_of(settings.begin(), settings.end(),
                       [&](std::string_view setting) { return upper(setting) == variable; });
}

constexpr std::string_view kDefaults = "PATHDEFAULTS_";

// Whether with_environment reads MTX_ + `variable`.
bool is_read(std::string_view variable) {
    if (variable.starts_with(kDefaults)) {
        return has_variable(kOfPaths, variable.substr(kDefaults.size()));
    }
    return has_variable(kGlobals, variable);
}

bool is_of_hook(std::string_view variable) {
    return std::any_of(kOfHooks.begin(), kOfHooks.end(), [&](std::string_view each) {
        return each.ends_with('_') ? variable.starts_with(each) : variable == each;
    });
}

bool is_no(const std::optional<std::string>& value) {
    return value && (upper(*value) == "NO" || upper(*value) == "FALSE");
}

// MediaMTX says nothing about a name that it does not know. `nearest`: without `prefix`; may be
// empty.
Finding ignored(const std::string& name, const std::string& prefix, const std::string& nearest) {
    return {Severity::kWarning, 0, name,
            fmt::format("MediaMTX ignores this variable and does not say so, because it has no "
                        "such setting. {}",
                        nearest.empty() ? "Correct or unset it."
                                        : fmt::format("Is {}{} meant?", prefix, nearest)),
            false};
}

// `variable`: "CAM1_RECORD" of MTX_PATHS_CAM1_RECORD. MediaMTX ends the name of a path at the first
// underscore.
Finding finding_of_path(const std::string& name, std::string_view variable,
                        const Environment& environment) {
    const auto end = std::min(variable.find('_'), variable.size());
    std::string path(variable.substr(0, end));
    for (char& c : path) {
        if (is_upper(c)) c = static_cast<char>(c - 'A' + 'a');
    }
    const std::string_view setting = variable.substr(std::min(end + 1, variable.size()));
    if (path == "all") {
        return {Severity::kError, 0, name,
                "MediaMTX reads it as a setting of the path all, because a name ends at the first "
                "underscore, and does not start with both all and all_others. Unset it, and write "
                "the setting into the file.",
                false};
    }
    const bool has_capitals = std::none_of(variable.begin(), variable.end(), is_lower);
    if (!has_capitals || !is_mediamtx_setting(setting, true)) {
        return ignored(name, fmt::format("MTX_PATHS_{}_", upper(variable.substr(0, end))),
                       nearest_mediamtx_setting(setting, true));
    }
    if (setting == "OVERRIDEPUBLISHER" && is_no(environment(name))) {
        return {Severity::kError, 0, name,
                fmt::format("It sets overridePublisher of the path {} to no, and goes before the "
                            "file: nobody can take over a stream there. Unset it.",
                            path),
                false};
    }
    return {Severity::kWarning, 0, name,
            fmt::format("It changes the entry of the path {}, or adds one, after the file was "
                        "read; what it sets was not checked. Write it into the file under "
                        "paths.{}, and unset it.",
                        path, path),
            false};
}

// Returns the value as YAML. MediaMTX separates the elements of a list by commas.
std::string yaml_of(std::string_view setting, const std::string& value) {
    if (std::find(kLists.begin(), kLists.end(), setting) == kLists.end()) return yaml_quoted(value);
    std::string list;
    std::string_view rest = value;
    while (!rest.empty()) {
        const auto comma = std::min(rest.find(','), rest.size());
        list += (list.empty() ? "" : ", ") + yaml_quoted(rest.substr(0, comma));
        rest.remove_prefix(std::min(comma + 1, rest.size()));
    }
    return "[" + list + "]";
}

/// Collects the edits that put variables into a file.
class Overlay {
public:
    Overlay(const OwnerFile& file, const Environment& environment)
        : file_(file), environment_(environment), editor_(file) {}

    Result<FileInForce> apply() {
        for (const auto name : kGlobals) {
            replace(name, std::string(name), upper(name), file_.setting(name), globals_);
        }
        for (const auto name : kOfPaths) {
            const auto* defaults = file_.path_defaults();
            replace(name, fmt::format("pathDefaults.{}", name), "PATHDEFAULTS_" + upper(name),
                    defaults == nullptr ? nullptr : defaults->find(name), defaults_);
        }
        if (!defaults_.empty()) take(editor_.add_to("pathDefaults", defaults_));
        if (!globals_.empty()) take(editor_.append(globals_));
        if (is_fixed_) return not_editable();
        auto read = OwnerFile::parse(apply_edits(file_.text(), edits_));
        if (!read) return not_editable();
        return FileInForce{*std::move(read), std::move(replaced_)};
    }

private:
    static Error not_editable() {
        return {
            ErrorCode::kUnsupported,
            "Variables of MediaMTX (MTX_...) are set, and the file is written in a way in which "
            "they cannot be taken into account: unset them to check the file alone.",
            {},
            {}};
    }

    // `suffix`: the variable without MTX_, or without RTSP_, which MediaMTX reads before it.
    void replace(std::string_view name, std::string setting, const std::string& suffix,
                 const YamlMember* member, std::vector<std::string>& added) {
        std::string variable = "MTX_" + suffix;
        auto value = environment_(variable);
        if (!value || value->empty()) {
            variable = "RTSP_" + suffix;
            value = environment_(variable);
        }
        if (!value || value->empty()) return;
        const auto yaml = yaml_of(name, *value);
        replaced_.push_back({std::move(setting), variable, member != nullptr});
        if (member != nullptr) {
            take(editor_.set_value(*member, yaml));
        } else {
            added.push_back(fmt::format("{}: {}", name, yaml));
        }
    }

    void take(std::vector<TextEdit> edits) {
        is_fixed_ |= edits.empty();
        edits_.insert(edits_.end(), std::make_move_iterator(edits.begin()),
                      std::make_move_iterator(edits.end()));
    }

    const OwnerFile& file_;
    const Environment& environment_;
    FileEditor editor_;
    std::vector<TextEdit> edits_;
    std::vector<ReplacedSetting> replaced_;
    std::vector<std::string> globals_;
    std::vector<std::string> defaults_;
    bool is_fixed_ = false;
};

}  // namespace

Result<FileInForce> with_environment(const OwnerFile& file, const Environment& environment) {
    return Overlay(file, environment).apply();
}

std::vector<Finding> tell_unread(const std::vector<std::string>& names,
                                 const Environment& environment) {
    constexpr std::string_view kPrefix = "MTX_";
    constexpr std::string_view kPaths = "PATHS_";
    std::vector<Finding> findings;
    for (const auto& name : names) {
        if (!name.starts_with(kPrefix)) continue;
        const auto variable = std::string_view(name).substr(kPrefix.size());
        if (is_read(variable) || is_of_hook(variable)) continue;
        if (variable.starts_with(kPaths)) {
            findings.push_back(finding_of_path(name, variable.substr(kPaths.size()), environment));
        } else if (variable.starts_with("AUTHHTTPEXCLUDE_")) {
            findings.push_back(
                {Severity::kError, 0, name,
                 "It adds to authHTTPExclude after the file was read: RescueStream is not asked "
                 "about what that exempts. Unset it.",
                 false});
        } else if (variable.starts_with(kDefaults) &&
                   !is_mediamtx_setting(variable.substr(kDefaults.size()), true)) {
            const auto setting = variable.substr(kDefaults.size());
            findings.push_back(
                ignored(name, "MTX_PATHDEFAULTS_", nearest_mediamtx_setting(setting, true)));
        } else if (!variable.starts_with(kDefaults) && !is_mediamtx_setting(variable, false)) {
            findings.push_back(ignored(name, "MTX_", nearest_mediamtx_setting(variable, false)));
        } else {
            findings.push_back({Severity::kNote, 0, name,
                                "MediaMTX reads this variable after the file; it was not "
                                "checked.",
                                false});
        }
    }
    std::sort(findings.begin(), findings.end(), [](const Finding& left, const Finding& right) {
        return left.subject < right.subject;
    });
    return findings;
}

std::string variable_of(std::string_view path, std::string_view setting) {
    const bool can_be_named =
        std::all_of(path.begin(), path.end(), [](char c) { return is_lower(c) || is_digit(c); });
    if (!can_be_named) return {};
    return path.empty() ? "MTX_" + upper(setting)
                        : fmt::format("MTX_PATHS_{}_{}", upper(path), upper(setting));
}

void tell_environment(const FileInForce& in_force, Move& move) {
    for (const auto& replaced : in_force.replaced) {
        for (auto& finding : move.findings) {
            if (finding.subject != replaced.setting) continue;
            finding.message +=
                fmt::format(" {} sets it, and goes before the file.", replaced.variable);
            finding.is_merged = false;
            if (!replaced.is_in_file) finding.line = 0;
        }
        move.findings.push_back(
            {Severity::kNote, 0, replaced.variable,
             fmt::format(
                 "This variable was taken into account, in place of {}. Give it to MediaMTX, "
                 "too.",
                 replaced.setting),
             false});
    }
}

}  // namespace rescuestream::cli
