#include "completion/tree.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "commands/options.hpp"

namespace rescuestream::cli {
namespace {

using Kind = CompletedValue::Kind;

constexpr std::array<std::pair<const char*, const char*>, 8> kNames{
    {{"KEY", "keys"},
     {"BROADCASTER", "broadcasters"},
     {"STREAM", "streams"},
     {"INCIDENT", "incidents"},
     {"GUEST", "guests"},
     {"NODE", "nodes"},
     {"CREDENTIAL", "credentials"},
     {"SCOPE", "scopes"}}};

// By the name of the value's type, as the help shows it.
CompletedValue value_of(const std::string& type) {
    if (type.find('|') != std::string::npos) {
        std::string words = type;
        std::replace(words.begin(), words.end(), '|', ' ');
        return {Kind::kWords, words};
    }
    if (type == "FILE") return {Kind::kFile, ""};
    if (type == "DIR") return {Kind::kDirectory, ""};
    for (const auto& [name, names] : kNames) {
        if (type == name) return {Kind::kNames, names};
    }
    return {Kind::kAny, ""};
}

// The words of `offer`; empty: there are none.
std::string offered_words(const CLI::Option& option) {
    // CLI11 gives access to the checks of options that may be changed.
    auto& changeable =
        const_cast<CLI::Option&>(option);  // NOLINT(cppcoreguidelines-pro-type-const-cast)
    constexpr std::string_view kMark = kOfferedWords;
    for (int i = 0;; ++i) {
        try {
            const auto& name = changeable.get_validator(i)->get_name();
            if (name.starts_with(kMark)) return name.substr(kMark.size());
        } catch (const CLI::OptionNotFound&) {
            return {};
        }
    }
}

std::vector<const CLI::App*> commands_of(const CLI::App& app) {
    return app.get_subcommands([](const CLI::App* each) { return !each->get_group().empty(); });
}

void add_options(const CLI::App& app, CompletedPlace& place) {
    for (const CLI::Option* option : app.get_options()) {
        CompletedOption completed;
        for (const auto& name : option->get_lnames()) completed.names.push_back("--" + name);
        for (const auto& name : option->get_snames()) completed.names.push_back("-" + name);
        if (completed.names.empty()) {
            place.target = value_of(option->get_single_name());
            continue;
        }
        completed.help = option->get_description();
        if (option->get_items_expected_max() > 0) {
            completed.value = value_of(option->get_type_name());
            if (auto words = offered_words(*option); !words.empty()) {
                words.pop_back();  // a blank
                completed.value = {Kind::kWords, std::move(words)};
            }
        }
        place.options.push_back(std::move(completed));
    }
}

bool creates(const std::string& place) {
    return place.ends_with("/add") || place.ends_with("/create") || place.ends_with("/open");
}

// The tree has few levels.
void collect(const CLI::App& app, const CLI::App& root,  // NOLINT(misc-no-recursion)
             const std::string& name, std::vector<CompletedPlace>& places) {
    CompletedPlace place;
    place.place = name;
    for (const CLI::App* command : commands_of(app)) {
        place.commands.push_back({command->get_name(), command->get_description()});
    }
    add_options(app, place);
    if (creates(name)) place.target = {};  // a new name
    if (&app != &root) {
        CompletedPlace program;
        add_options(root, program);
        for (auto& option : program.options) {
            // Every command has its own help; the version is printed only by the program itself.
            const auto& first = option.names.front();
            if (first != "--help" && first != "--version") {
                place.options.push_back(std::move(option));
            }
        }
    }
    places.push_back(std::move(place));
    for (const CLI::App* command : commands_of(app)) {
        collect(*command, root, name + "/" + command->get_name(), places);
    }
}

}  // namespace

std::vector<CompletedPlace> completed_places(const CLI::App& app) {
    std::vector<CompletedPlace> places;
    collect(app, app, "", places);
    return places;
}

std::vector<std::string> options_with_value(const CompletedPlace& program) {
    std::vector<std::string> names;
    for (const auto& option : program.options) {
        if (option.value.kind == Kind::kNone) continue;
        names.insert(names.end(), option.names.begin(), option.names.end());
    }
    return names;
}

std::vector<std::string> patterns_with_value(const std::vector<std::string>& options,
                                             const std::string& quote) {
    std::vector<std::string> patterns;
    patterns.reserve(options.size());
    for (const auto& name : options) patterns.push_back(quote + name + "=*" + quote);
    return patterns;
}

std::string pattern_of_option(const CompletedPlace& place, const CompletedOption& option) {
    std::vector<std::string> patterns;
    patterns.reserve(option.names.size());
    for (const auto& name : option.names) patterns.push_back("'" + place.place + " " + name + "'");
    return joined(patterns, "|");
}

std::string joined(const std::vector<std::string>& parts, const char* separator) {
    std::string out;
    for (const auto& part : parts) out += (out.empty() ? "" : separator) + part;
    return out;
}

std::string all_places(const std::vector<CompletedPlace>& places, const char* separator) {
    std::vector<std::string> names;
    for (const auto& place : places) {
        if (!place.place.empty()) names.push_back(place.place);
    }
    return joined(names, separator);
}

}  // namespace rescuestream::cli
