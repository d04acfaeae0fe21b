#include "completion/zsh.hpp"

#include <fmt/format.h>

#include "completion/tree.hpp"

namespace rescuestream::cli {
namespace {

constexpr const char* kZshHead = R"(#compdef rescuestream-cli
# zsh completion of rescuestream-cli. Use it with:  source <(rescuestream-cli completion zsh)
_rescuestream_cli_names() {{
    local -a globals names
    local i
    for ((i = 2; i < CURRENT; i++)); do
        case "${{words[i]}}" in
        {0}) globals+=("${{(Q)words[i]}}" "${{(Q)words[i + 1]}}") ;;
        {1}) globals+=("${{(Q)words[i]}}") ;;
        esac
    done
    names=("${{(@f)$("${{(Q)words[1]}}" __complete $1 "${{globals[@]}}" 2>/dev/null)}}")
    names=("${{(@)names:#}}")
    compadd -d names -a names
}}
_rescuestream_cli() {{
    local place='' word
    local -a commands options
    for word in "${{(@)words[2,CURRENT-1]}}"; do
        case "$place/$word" in
        {2}) place+="/$word" ;;
        esac
    done
    case "$place ${{words[CURRENT-1]}}" in
)";

std::string zsh_action(const CompletedValue& value) {
    switch (value.kind) {
        case CompletedValue::Kind::kWords:
            return "compadd -- " + value.words;
        case CompletedValue::Kind::kFile:
            return "_files";
        case CompletedValue::Kind::kDirectory:
            return "_files -/";
        case CompletedValue::Kind::kNames:
            return "_rescuestream_cli_names " + value.words;
        case CompletedValue::Kind::kNone:
        case CompletedValue::Kind::kAny:
            break;
    }
    return "_message value";
}

std::string zsh_quoted(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == '\'') {
            out += "'\\''";
        } else if (c == ':') {
            out += "\\:";
        } else {
            out += c;
        }
    }
    return out;
}

std::string described(const std::string& word, const std::string& help) {
    return fmt::format(" '{}:{}'", zsh_quoted(word), zsh_quoted(help));
}

}  // namespace

std::string zsh_completion(const CLI::App& app) {
    const auto places = completed_places(app);
    const auto globals = options_with_value(places.front());
    std::string out =
        fmt::format(kZshHead, joined(globals, "|"), joined(patterns_with_value(globals), "|"),
                    all_places(places, "|"));
    for (const auto& place : places) {
        for (const auto& option : place.options) {
            if (option.value.kind == CompletedValue::Kind::kNone) continue;
            out += fmt::format("    {}) {}; return ;;\n", pattern_of_option(place, option),
                               zsh_action(option.value));
        }
    }
    out += "    esac\n    case \"$place\" in\n";
    for (const auto& place : places) {
        std::string commands;
        for (const auto& command : place.commands)
            commands += described(command.name, command.help);
        std::string options;
        for (const auto& option : place.options) {
            for (const auto& name : option.names) options += described(name, option.help);
        }
        const bool has_names = place.target.kind == CompletedValue::Kind::kNames;
        out += fmt::format(
            "    '{}')\n{}        commands=({} )\n        options=({} ) ;;\n", place.place,
            has_names ? fmt::format("        [[ $PREFIX == -* ]] || {{ {}; return; }}\n",
                                    zsh_action(place.target))
                      : std::string(),
            commands, options);
    }
    out +=
        "    esac\n"
        "    if [[ $PREFIX == -* ]] || (( ! $#commands )); then\n"
        "        _describe -o option options\n"
        "    else\n"
        "        _describe command commands\n"
        "    fi\n"
        "}\n"
        "if [[ $funcstack[1] == _rescuestream_cli ]]; then\n"
        "    _rescuestream_cli \"$@\"\n"
        "else\n"
        "    compdef _rescuestream_cli rescuestream-cli\n"
        "fi\n";
    return out;
}

}  // namespace rescuestream::cli
