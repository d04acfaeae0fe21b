#include "settings/given.hpp"

#include <fmt/format.h>

#include <cstdlib>
#include <utility>

#include "settings/file.hpp"
#include "settings/rows.hpp"
#include "settings/text_rules.hpp"

namespace rescuestream {

std::optional<std::string> process_environment(std::string_view name) {
    const char* value = std::getenv(std::string(name).c_str());
    return value != nullptr ? std::optional<std::string>(value) : std::nullopt;
}

}  // namespace rescuestream

namespace rescuestream::settings {
namespace {

using GivenByName = std::map<std::string, Given, std::less<>>;

struct Place {
    const Row* row = nullptr;
    bool names_file = false;
};

// The row of a name, and whether the name is the one with `_FILE`.
std::optional<Place> place_of(std::string_view name) {
    for (const Row& row : rows()) {
        if (row.name == name) return Place{&row, false};
        if (row.file_name() == name) return Place{&row, true};
    }
    return std::nullopt;
}

std::string upper_with_underscores(std::string name) {
    for (char& c : name) {
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
        if (c == '-') c = '_';
    }
    return name;
}

// Returns false if the same name was given already.
bool put(GivenByName& given, const Place& place, std::string text, std::string from) {
    if (!place.row->is_secret() || place.names_file) text = without_quotes(text);
    Given value{std::move(text), std::move(from), place.names_file};
    const auto [at, is_new] = given.emplace(place.row->name, value);
    if (is_new) return true;
    if (at->second.names_file == place.names_file) return false;
    at->second.is_given_twice = true;
    return true;
}

void read_file(const std::string& path, GivenSettings& given) {
    auto file = read_settings_file(path);
    given.problems = std::move(file.problems);
    for (auto& [key, value] : file.values) {
        const std::string name = upper_with_underscores(key);
        const auto place = place_of(name);
        if (!place) {
            given.problems.push_back({key, fmt::format("is no setting ({})", value.place)});
        } else if (!put(given.by_name, *place, std::move(value.text), "in " + value.place)) {
            given.problems.push_back(
                {key, fmt::format("gives {} a second time ({})", name, value.place)});
        }
    }
    if (!file.is_open_to_everybody) return;
    for (auto& [name, value] : given.by_name) value.in_open_file = !value.names_file;
}

GivenByName read_environment(const Environment& environment) {
    GivenByName given;
    for (const Row& row : rows()) {
        for (const bool names_file : {false, true}) {
            const std::string name = names_file ? row.file_name() : std::string(row.name);
            auto value = name.empty() ? std::nullopt : environment(name);
            // An empty variable counts as not set, because compose files produce them. A secret of
            // blanks is a mistake.
            const bool is_kept = row.is_secret() && !names_file;
            if (!value || (is_kept ? *value : without_quotes(*value)).empty()) continue;
            put(given, {&row, names_file}, *std::move(value), "in the environment");
        }
    }
    return given;
}

// TLS_KEY is the path of a file itself. Somebody who sets TLS_KEY_FILE expects TLS.
void refuse_names_of_paths(const Environment& environment, GivenSettings& given) {
    for (const Row& row : rows()) {
        if (row.member.limits.rule != &kFile) continue;
        const std::string name = std::string(row.name) + "_FILE";
        const auto value = environment(name);
        if (!value || value->empty()) continue;
        given.problems.push_back(
            {name, fmt::format("is no setting: {} itself is the path of the file, for example "
                               "{}=/etc/rescuestream/server.pem (in the environment)",
                               row.name, row.name)});
    }
}

}  // namespace

GivenSettings collect_given(const std::string& config_file, const Environment& environment,
                            std::map<std::string, std::string, std::less<>> on_command_line) {
    GivenSettings given;
    if (!config_file.empty()) read_file(config_file, given);
    for (auto& [name, value] : read_environment(environment)) {
        given.by_name[name] = std::move(value);
    }
    refuse_names_of_paths(environment, given);
    for (auto& [name, text] : on_command_line) {
        given.by_name[name] = {without_quotes(text), "on the command line"};
    }
    return given;
}

}  // namespace rescuestream::settings
