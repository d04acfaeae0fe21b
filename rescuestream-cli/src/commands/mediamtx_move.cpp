#include "commands/mediamtx_move.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <memory>
#include <ostream>

#include "files.hpp"
#include "invalid.hpp"
#include "mediamtx/environment.hpp"
#include "mediamtx/moving.hpp"
#include "output.hpp"
#include "rescuestream/json.hpp"
#include "support/ip_address.hpp"

namespace rescuestream::cli {
namespace {

constexpr std::string_view kBackupSuffix = ".before-rescuestream";

const char* severity_word(Severity severity) {
    switch (severity) {
        case Severity::kError:
            return "error";
        case Severity::kWarning:
            return "warning";
        case Severity::kNote:
            return "note";
    }
    return "note";
}

Result<OwnerFile> read_owner_file(const std::string& path) {
    auto text = read_text_file(path);
    if (!text) return invalid(printable(path) + " cannot be read.");
    auto file = OwnerFile::parse(*std::move(text));
    if (!file) return invalid(fmt::format("{}: {}", printable(path), file.error().message));
    return file;
}

Result<MoveTarget> read_target(ConfigOptions& options, const Settings& settings,
                               const Program& program) {
    if (auto filled = fill_target(options, settings, program); !filled) return filled.error();
    if (!is_ip_address(options.config.api_bind)) {
        return invalid("--api-bind must be an IP address, for example 127.0.0.1.");
    }
    return MoveTarget{options.config, options.api_bind_is_given,
                      settings.orchestrator.legacy_path_keys == LegacyPathKeys::kDeny,
                      settings.orchestrator};
}

std::string finding_line(const std::string& file, const Finding& finding) {
    return printable(fmt::format("{}:{} {}: {}: {}{}", file,
                                 finding.line > 0 ? fmt::format("{}:", finding.line) : "",
                                 severity_word(finding.severity), finding.subject, finding.message,
                                 finding.is_merged ? " [merge]" : ""));
}

// What a merge has changed.
std::string change_line(const std::string& file, const Finding& finding) {
    return printable(fmt::format("{}:{} changed: {} (why: {})", file,
                                 finding.line > 0 ? fmt::format("{}:", finding.line) : "",
                                 finding.subject,
                                 finding.change.empty() ? finding.message : finding.change));
}

std::string finding_json(const Finding& finding) {
    return fmt::format(R"({{"severity":"{}",{}"subject":{},"message":{},"merged":{}}})",
                       severity_word(finding.severity),
                       finding.line > 0 ? fmt::format("\"line\":{},", finding.line) : "",
                       to_json(printable(finding.subject)), to_json(printable(finding.message)),
                       finding.is_merged);
}

std::size_t count_of(const Move& move, Severity severity) {
    return static_cast<std::size_t>(
        std::count_if(move.findings.begin(), move.findings.end(),
                      [&](const Finding& finding) { return finding.severity == severity; }));
}

std::string summary(const std::string& file, const Move& move) {
    const auto errors = count_of(move, Severity::kError);
    const bool can_merge = std::any_of(move.findings.begin(), move.findings.end(),
                                       [](const Finding& finding) { return finding.is_merged; });
    const auto counts = fmt::format("{} must change, {}, {}.", errors,
                                    counted(count_of(move, Severity::kWarning), "warning"),
                                    counted(count_of(move, Severity::kNote), "note"));
    if (!can_merge) return counts;
    return fmt::format(
        "{} What is marked [merge] is changed by: rescuestream-cli mediamtx config "
        "--merge {} --output {}",
        counts, file, file);
}

std::vector<Finding> unread_variables(const Host& host) {
    if (!host.environment_names) return {};
    return tell_unread(host.environment_names(), host.environment);
}

Result<ExitCode> check_file(ConfigOptions& options, const std::string& path,
                            const Program& program) {
    const auto settings = config_settings(program);
    if (!settings) return settings.error();
    const auto target = read_target(options, *settings, program);
    if (!target) return target.error();
    const auto file = read_owner_file(path);
    if (!file) return file.error();
    const auto in_force = with_environment(*file, program.host.environment);
    if (!in_force) return in_force.error();
    auto move = plan_move(in_force->file, *target);
    if (!move) return move.error();
    tell_environment(*in_force, *move);
    for (auto& finding : unread_variables(program.host)) {
        move->findings.push_back(std::move(finding));
    }
    auto& out = program.host.out;
    const auto errors = count_of(*move, Severity::kError);
    if (program.options.json) {
        out << "{\"file\":" << to_json(printable(path)) << ",\"must_change\":" << errors
            << ",\"findings\":[";
        const char* separator = "";
        for (const auto& finding : move->findings) {
            out << separator << finding_json(finding);
            separator = ",";
        }
        out << "]}\n";
    } else {
        // What must change is read first; within that, the order of the file.
        auto findings = move->findings;
        std::stable_sort(findings.begin(), findings.end(),
                         [](const Finding& left, const Finding& right) {
                             return left.severity < right.severity;
                         });
        for (const auto& finding : findings) {
            if (program.options.quiet && finding.severity != Severity::kError) continue;
            out << finding_line(path, finding) << '\n';
        }
        if (!program.options.quiet) out << summary(printable(path), *move) << '\n';
    }
    return errors == 0 ? ExitCode::kOk : ExitCode::kUnexpected;
}

// The mode stays, because MediaMTX ends when it cannot read a changed file.
void tell_of_secret(const std::string& file, Host& host) {
    struct stat status {};
    const bool is_open = ::stat(file.c_str(), &status) == 0 && (status.st_mode & S_IROTH) != 0;
    if (!is_open) {
        host.err << "It contains a secret: only MediaMTX should be able to read it.\n";
        return;
    }
    host.err << "It contains MEDIA_SECRET, and every user of this machine can read it: make it "
                "readable for MediaMTX's user alone, for example chown mediamtx "
             << printable(file) << " && chmod 600 " << printable(file) << "\n";
}

// Keeps the file that is replaced. MediaMTX reads a changed file at once, so the copy must exist
// before.
Result<ExitCode> write_merged(const ConfigOptions& options, const std::string& text, Host& host) {
    const auto existing = read_text_file(options.output);
    if (existing == text) {
        host.err << printable(options.output) << " needs no change.\n";
        return ExitCode::kOk;
    }
    std::error_code error;
    const bool is_in_place = std::filesystem::equivalent(options.merge, options.output, error);
    if (existing && !is_in_place && !options.force) {
        return Error{ErrorCode::kConflict,
                     printable(options.output) +
                         " exists and is another file than the merged one; --force replaces it.",
                     "",
                     {}};
    }
    if (existing) {
        const auto backup =
            keep_copy(options.output, *existing, options.output + std::string(kBackupSuffix));
        if (!backup) return backup.error();
        host.err << "The previous file is " << printable(*backup) << ".\n";
    }
    auto written = existing ? replace_file(options.output, text, "--output")
                            : write_private_file(options.output, text, "--output");
    if (!written) return std::move(written).error();
    host.err << "Written to " << printable(options.output) << ".\n";
    if (!options.config.media_secret.empty()) tell_of_secret(options.output, host);
    return ExitCode::kOk;
}

}  // namespace

Result<void> tell_of_variables(const std::string& name, const std::string& text,
                               const MoveTarget& target, Host& host) {
    for (const auto& finding : unread_variables(host)) {
        if (finding.severity == Severity::kNote) continue;
        host.err << finding_line(name, finding) << '\n';
    }
    const auto file = OwnerFile::parse(text);
    if (!file) return file.error();
    const auto in_force = with_environment(*file, host.environment);
    if (!in_force || in_force->replaced.empty()) return {};
    auto move = plan_move(in_force->file, target);
    if (!move) return move.error();
    tell_environment(*in_force, *move);
    for (const auto& finding : move->findings) {
        const bool is_replaced = std::any_of(
            in_force->replaced.begin(), in_force->replaced.end(),
            [&](const ReplacedSetting& each) { return each.setting == finding.subject; });
        if (is_replaced && finding.severity != Severity::kNote) {
            host.err << finding_line(name, finding) << '\n';
        }
    }
    return {};
}

Result<ExitCode> merge_config(ConfigOptions& options, Program& program) {
    auto& host = program.host;
    const auto settings = config_settings(program);
    if (!settings) return settings.error();
    const auto target = read_target(options, *settings, program);
    if (!target) return target.error();
    const auto file = read_owner_file(options.merge);
    if (!file) return file.error();
    const auto move = plan_move(*file, *target);
    if (!move) return move.error();
    const auto merged = merge_for_rescuestream(*file, *target);
    if (!merged) return merged.error();
    if (const auto made = make_control_credential(*settings, host); !made) return made.error();
    for (const auto& finding : move->findings) {
        const bool is_by_hand = finding.severity == Severity::kError && !finding.is_merged;
        if (finding.is_merged || is_by_hand || finding.is_about_helper) {
            host.err << (finding.is_merged ? change_line(options.merge, finding)
                                           : finding_line(options.merge, finding))
                     << '\n';
        }
    }
    if (auto told = tell_of_variables(options.merge, *merged, *target, host); !told) {
        return told.error();
    }
    if (!options.output.empty()) return write_merged(options, *merged, host);
    host.out << *merged;
    return ExitCode::kOk;
}

void add_mediamtx_check(CLI::App& noun, Program& program) {
    auto* check = noun.add_subcommand(
        "check",
        "Tell what RescueStream means for an existing mediamtx.yml, line by line; reads MTX_* too");
    auto options = std::make_shared<ConfigOptions>();
    auto path = std::make_shared<std::string>();
    check->add_option("file", *path, "MediaMTX's configuration")->type_name("FILE")->required();
    add_target_options(*check, *options);
    check->callback([options, path, &program, check] {
        options->api_bind_is_given = check->count("--api-bind") > 0;
        options->only_reads = true;
        program.action = [options, path, &program] { return check_file(*options, *path, program); };
    });
}

}  // namespace rescuestream::cli
