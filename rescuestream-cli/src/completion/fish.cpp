#include "completion/fish.hpp"

#include <fmt/format.h>

#include "completion/tree.hpp"

namespace rescuestream::cli {
namespace {

constexpr const char* kFishHead =
    R"(# fish completion of rescuestream-cli. Use it with:  rescuestream-cli completion fish | source
function __rescuestream_cli_place
    set -l place ''
    for word in (commandline -opc)[2..-1]
        switch "$place/$word"
            case {0}
                set place "$place/$word"
        end
    end
    echo $place
end
function __rescuestream_cli_names
    set -l words (commandline -opc)
    set -l globals
    for i in (seq 2 (count $words))
        switch $words[$i]
            case {1}
                set -a globals $words[$i] $words[(math $i + 1)]
            case {2}
                set -a globals $words[$i]
        end
    end
    command $words[1] __complete $argv[1] $globals 2>/dev/null
end
complete -c rescuestream-cli -e
complete -c rescuestream-cli -f
)";

std::string fish_quoted(std::string_view text) {
    std::string out = "'";
    for (const char c : text) {
        if (c == '\'' || c == '\\') out += '\\';
        out += c;
    }
    return out + "'";
}

std::string fish_value(const CompletedValue& value) {
    switch (value.kind) {
        case CompletedValue::Kind::kWords:
            return " -x -a " + fish_quoted(value.words);
        case CompletedValue::Kind::kFile:
            return " -r -F";
        case CompletedValue::Kind::kDirectory:
            return " -x -a '(__fish_complete_directories)'";
        case CompletedValue::Kind::kNames:
            return fmt::format(" -x -a '(__rescuestream_cli_names {})'", value.words);
        case CompletedValue::Kind::kAny:
            return " -x";
        case CompletedValue::Kind::kNone:
            break;
    }
    return "";
}

}  // namespace

std::string fish_completion(const CLI::App& app) {
    const auto places = completed_places(app);
    const auto globals = options_with_value(places.front());
    std::string out = fmt::format(kFishHead, all_places(places, " "), joined(globals, " "),
                                  joined(patterns_with_value(globals, "'"), " "));
    for (const auto& place : places) {
        const std::string begin = fmt::format(
            "complete -c rescuestream-cli -n 'test (__rescuestream_cli_place) = \"{}\"'",
            place.place);
        for (const auto& command : place.commands) {
            out += fmt::format("{} -a {} -d {}\n", begin, command.name, fish_quoted(command.help));
        }
        if (place.target.kind == CompletedValue::Kind::kNames) {
            out +=
                fmt::format("{} -a '(__rescuestream_cli_names {})'\n", begin, place.target.words);
        }
        for (const auto& option : place.options) {
            out += begin;
            for (const auto& name : option.names) {
                const bool is_long = name.starts_with("--");
                out += fmt::format(" {} {}", is_long ? "-l" : "-s", name.substr(is_long ? 2 : 1));
            }
            out += fish_value(option.value) + " -d " + fish_quoted(option.help) + "\n";
        }
    }
    return out;
}

}  // namespace rescuestream::cli
