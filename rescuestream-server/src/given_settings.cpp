#include "given_settings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <optional>
#include <utility>

#include "setting_readers.hpp"
#include "settings_file.hpp"

namespace rescuestream::server {
namespace {

constexpr std::size_t kMostBytesOfSecret = 64 * 1'024;

/// "API_SECRET_FILE" names a file that holds the secret, as containers mount them. Empty for what
/// is no secret.
std::string secret_file_name(const SettingRow& row) {
    return row.is_secret ? std::string(row.name) + "_FILE" : std::string();
}

bool is_known(std::string_view name) {
    const auto& rows = setting_rows();
    return std::any_of(rows.begin(), rows.end(), [&](const SettingRow& row) {
        return row.name == name || secret_file_name(row) == name;
    });
}

std::string upper_with_underscores(std::string name) {
    for (char& c : name) {
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
        if (c == '-') c = '_';
    }
    return name;
}

// Puts the values of the file behind the names of the settings.
Result<void> read_file(const std::string& path, GivenByName& given,
                       std::vector<FieldError>& problems) {
    auto file = read_settings_file(path);
    if (!file) return std::move(file).error();
    problems = std::move(file->problems);
    for (auto& [key, value] : file->values) {
        const std::string name = upper_with_underscores(key);
        if (!is_known(name)) {
            problems.push_back({key, fmt::format("is no setting ({})", value.place)});
        } else if (given.count(name) > 0) {
            problems.push_back(
                {key, fmt::format("gives {} a second time ({})", name, value.place)});
        } else {
            given[name] = {std::move(value.text), "in " + value.place};
        }
    }
    return {};
}

// The secret in a file, as containers mount them; a sentence about the file when it holds none.
std::optional<std::string> read_secret_file(const std::string& path, std::string& text) {
    std::ifstream stream(path, std::ios::binary);
    if (!stream) return "cannot be read";
    text.assign(kMostBytesOfSecret + 1, '\0');
    stream.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(stream.gcount()));
    if (text.size() > kMostBytesOfSecret) return "is too large for a secret";
    while (text.ends_with('\n') || text.ends_with('\r')) text.pop_back();
    if (text.empty()) return "is empty, or cannot be read";
    return std::nullopt;
}

// Puts what secret files hold in the place of their names.
void take_secret_files(GivenByName& given, std::vector<FieldError>& problems) {
    for (const auto& row : setting_rows()) {
        const std::string name = secret_file_name(row);
        const auto found = given.find(name);
        if (found == given.end()) continue;
        const Given file = std::move(found->second);
        given.erase(found);
        std::string text;
        if (given.count(row.name) > 0) {
            problems.push_back(
                {name, fmt::format("and {} are both set ({})", row.name, file.from)});
        } else if (const auto problem = read_secret_file(file.text, text)) {
            problems.push_back(
                {name, fmt::format("names {}, which {} ({})", file.text, *problem, file.from)});
        } else {
            given[std::string(row.name)] = {std::move(text),
                                            fmt::format("in {}, {}", file.text, file.from)};
        }
    }
}

GivenByName read_environment(const Environment& environment) {
    GivenByName given;
    for (const auto& row : setting_rows()) {
        for (const std::string& name : {std::string(row.name), secret_file_name(row)}) {
            // An empty variable is one that is not set: compose files leave them so.
            auto value = name.empty() ? std::nullopt : environment(name);
            if (value && !value->empty()) given[name] = {*std::move(value), "in the environment"};
        }
    }
    return given;
}

}  // namespace

Result<GivenByName> collect_given(const std::string& config_file, const Environment& environment,
                                  GivenByName on_command_line, std::vector<FieldError>& problems) {
    GivenByName given;
    if (!config_file.empty()) {
        const auto read = read_file(config_file, given, problems);
        if (!read) return read.error();
        take_secret_files(given, problems);
    }
    GivenByName variables = read_environment(environment);
    take_secret_files(variables, problems);
    for (auto* more : {&variables, &on_command_line}) {
        for (auto& [name, value] : *more) given[name] = std::move(value);
    }
    for (const auto& row : setting_rows()) {
        const auto value = given.find(row.name);
        if (value != given.end() && !row.is_secret) {
            value->second.text = readers::trimmed(value->second.text);
        }
    }
    return given;
}

}  // namespace rescuestream::server
