#include "completion/bash.hpp"

#include <fmt/format.h>

#include "completion/tree.hpp"

namespace rescuestream::cli {
namespace {

// The first lines of the function. bash breaks words at `=` and `:`, so a URL is several words;
// therefore the options that the question for names needs are taken from the line itself.
constexpr const char* kBashHead =
    R"(# bash completion of rescuestream-cli. Use it with:  source <(rescuestream-cli completion bash)
_rescuestream_cli_names() {{
    local line globals=() name plain i
    read -ra line <<<"${{COMP_LINE:0:COMP_POINT}}"
    for ((i = 1; i < ${{#line[@]}} - 1; i++)); do
        case "${{line[i]}}" in
        {0}) globals+=("${{line[i]}}" "${{line[i + 1]}}") ;;
        {1}) globals+=("${{line[i]}}") ;;
        esac
    done
    plain=${{cur//\\/}}
    plain=${{plain#[\"\']}}
    COMPREPLY=()
    while IFS= read -r name; do
        [[ $name == "$plain"* ]] || continue
        # Inside quotes, a name stays as it is. One that would end the quotes, or in which the
        # shell would carry out something, is not offered there.
        case "$cur" in
        \"*) [[ $name == *[\"\$\`\\!]* ]] && continue ;;
        \'*) [[ $name == *\'* ]] && continue ;;
        *) printf -v name %q "$name" ;;
        esac
        COMPREPLY+=("$name")
    done < <("${{COMP_WORDS[0]}}" __complete "$1" "${{globals[@]}}" 2>/dev/null)
}}
_rescuestream_cli() {{
    local cur=${{COMP_WORDS[COMP_CWORD]}} prev=${{COMP_WORDS[COMP_CWORD - 1]}} place='' words='' i
    local commands='' options='' names=''
    # "--option=value" arrives as three words.
    [[ $cur == '=' ]] && cur=''
    [[ $prev == '=' ]] && prev=${{COMP_WORDS[COMP_CWORD - 2]}}
    for ((i = 1; i < COMP_CWORD; i++)); do
        case "$place/${{COMP_WORDS[i]}}" in
        {2}) place+="/${{COMP_WORDS[i]}}" ;;
        esac
    done
)";

std::string bash_action(const CompletedValue& value) {
    switch (value.kind) {
        case CompletedValue::Kind::kWords:
            return fmt::format("words='{}'", value.words);
        case CompletedValue::Kind::kFile:
        case CompletedValue::Kind::kDirectory:
            return fmt::format(
                "compopt -o filenames 2>/dev/null || :\n"
                "        mapfile -t COMPREPLY < <(compgen -{} -- \"$cur\")\n"
                "        return",
                value.kind == CompletedValue::Kind::kFile ? "f" : "d");
        case CompletedValue::Kind::kNames:
            return fmt::format("_rescuestream_cli_names {}\n        return", value.words);
        case CompletedValue::Kind::kNone:
        case CompletedValue::Kind::kAny:
            break;
    }
    return "COMPREPLY=()\n        return";
}

std::string option_names(const CompletedPlace& place) {
    std::vector<std::string> names;
    for (const auto& option : place.options) {
        names.insert(names.end(), option.names.begin(), option.names.end());
    }
    return joined(names, " ");
}

std::string command_names(const CompletedPlace& place) {
    std::vector<std::string> names;
    for (const auto& command : place.commands) names.push_back(command.name);
    return joined(names, " ");
}

}  // namespace

std::string bash_completion(const CLI::App& app) {
    const auto places = completed_places(app);
    const auto globals = options_with_value(places.front());
    std::string out =
        fmt::format(kBashHead, joined(globals, "|"), joined(patterns_with_value(globals), "|"),
                    all_places(places, "|"));
    // The same option may have another kind of value at another command.
    out += "    case \"$place $prev\" in\n";
    for (const auto& place : places) {
        for (const auto& option : place.options) {
            if (option.value.kind == CompletedValue::Kind::kNone) continue;
            out += fmt::format("    {}) {} ;;\n", pattern_of_option(place, option),
                               bash_action(option.value));
        }
    }
    out += "    *) case \"$place\" in\n";
    for (const auto& place : places) {
        out += fmt::format(
            "        '{}') commands='{}' options='{}' names='{}' ;;\n", place.place,
            command_names(place), option_names(place),
            place.target.kind == CompletedValue::Kind::kNames ? place.target.words : std::string());
    }
    out +=
        "        esac\n"
        "        if [[ $names && $cur != -* ]]; then\n"
        "            _rescuestream_cli_names \"$names\"\n"
        "            return\n"
        "        fi\n"
        "        words=$commands\n"
        "        [[ $cur == -* || -z $commands ]] && words=$options ;;\n"
        "    esac\n"
        "    mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$cur\")\n"
        "}\n"
        "complete -F _rescuestream_cli rescuestream-cli\n";
    return out;
}

}  // namespace rescuestream::cli
