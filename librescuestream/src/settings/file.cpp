#include "settings/file.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <toml++/toml.h>

#include <algorithm>
#include <optional>
#include <sstream>
#include <string_view>
#include <utility>

#include "settings/text_rules.hpp"
#include "support/regular_file.hpp"

namespace rescuestream::settings {
namespace {

constexpr std::size_t kMaxBytes = 1U << 20U;
constexpr std::string_view kNoSetting =
    "must be a text in quotes, a number, true, false, or a list of those";

SettingsFile refused(std::string why) {
    SettingsFile file;
    file.problems.push_back({"CONFIG_FILE", std::move(why)});
    return file;
}

SettingsFile malformed(const std::string& path, const std::string& why) {
    return refused(fmt::format("{} is malformed: {}", path, why));
}

std::optional<std::string> text_of(const toml::node& node) {
    if (const auto* text = node.as_string()) return text->get();
    if (const auto* number = node.as_integer()) return std::to_string(number->get());
    if (const auto* number = node.as_floating_point()) return fmt::format("{}", number->get());
    if (const auto* flag = node.as_boolean()) return flag->get() ? "true" : "false";
    const auto* list = node.as_array();
    if (list == nullptr) return std::nullopt;
    std::string joined;
    for (const auto& element : *list) {
        const auto text = element.is_array() ? std::nullopt : text_of(element);
        if (!text) return std::nullopt;
        (joined += joined.empty() ? "" : ",") += *text;
    }
    return joined;
}

SettingsFile read_toml(const std::string& path, std::string_view content) {
    SettingsFile file;
    try {
        const toml::table table = toml::parse(content);
        for (const auto& [key, node] : table) {
            const auto& at = key.source().begin;
            const auto place = fmt::format("line {}, column {} of {}", at.line, at.column, path);
            if (auto text = text_of(node)) {
                file.values.emplace(key.str(), FileValue{*std::move(text), place});
            } else {
                file.problems.push_back(
                    {std::string(key.str()), fmt::format("{} ({})", kNoSetting, place)});
            }
        }
    } catch (const toml::parse_error& error) {
        const auto& at = error.source().begin;
        return malformed(
            path, fmt::format("line {}, column {}: {}", at.line, at.column, error.description()));
    }
    return file;
}

// Of a secret, blanks inside of the quotes belong to it.
std::string without_outer_quotes(std::string text) {
    const bool is_quoted = text.size() >= 2 && text.front() == text.back() &&
                           (text.front() == '"' || text.front() == '\'');
    return is_quoted ? text.substr(1, text.size() - 2) : text;
}

SettingsFile read_lines(const std::string& path, const std::string& content) {
    SettingsFile file;
    std::istringstream lines(content);
    std::string line;
    for (int number = 1; std::getline(lines, line); ++number) {
        line = trimmed(line);
        if (line.empty() || line.front() == '#' || line.front() == ';') continue;
        const auto equals = line.find('=');
        const std::string name = trimmed(line.substr(0, std::min(equals, line.size())));
        const auto refuse = [&](const std::string& what) {
            file.problems.push_back(
                {"CONFIG_FILE", fmt::format("{} is malformed: line {}: {}", path, number, what)});
        };
        if (equals == std::string::npos || name.empty()) {
            refuse("expected NAME = value");
            continue;
        }
        FileValue value{without_outer_quotes(trimmed(line.substr(equals + 1))),
                        fmt::format("line {} of {}", number, path)};
        if (!file.values.emplace(name, std::move(value)).second) {
            refuse(name + " is given twice");
        }
    }
    return file;
}

bool is_read_by_lines(std::string_view path) {
    return path.ends_with(".ini") || path.ends_with(".conf") || path.ends_with(".env");
}

}  // namespace

SettingsFile read_settings_file(const std::string& path) {
    const auto read = read_regular_file(path, kMaxBytes);
    if (!read) return refused(path + " " + read.error().message);
    auto file =
        is_read_by_lines(path) ? read_lines(path, read->content) : read_toml(path, read->content);
    file.is_open_to_everybody = (read->mode & (S_IROTH | S_IWOTH)) != 0;
    return file;
}

}  // namespace rescuestream::settings
