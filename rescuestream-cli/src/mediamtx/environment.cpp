#include "mediamtx/environment.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <string_view>
#include <utility>

#include "mediamtx/config_values.hpp"
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
            replace(name, std::string(name), "MTX_" + upper(name), file_.setting(name), globals_);
        }
        for (const auto name : kOfPaths) {
            const auto* defaults = file_.path_defaults();
            replace(name, fmt::format("pathDefaults.{}", name), "MTX_PATHDEFAULTS_" + upper(name),
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

    void replace(std::string_view name, std::string setting, const std::string& variable,
                 const YamlMember* member, std::vector<std::string>& added) {
        const auto value = environment_(variable);
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
