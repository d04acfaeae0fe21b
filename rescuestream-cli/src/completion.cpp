#include "completion.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <map>
#include <set>
#include <vector>

namespace rescuestream::cli {
namespace {

struct Word {
    std::string text;
    std::string help;
};

struct Node {
    std::string place;  ///< "" for the program, "/key/create" for a command.
    std::vector<Word> commands;
    std::vector<Word> options;
};

struct Tree {
    std::vector<Node> nodes;
    /// An option that takes a value → the name of its type.
    std::map<std::string, std::string> value_types;
};

std::vector<const CLI::App*> commands_of(const CLI::App& app) {
    return app.get_subcommands([](const CLI::App*) { return true; });
}

void add_options(const CLI::App& app, Tree& tree, Node& node) {
    for (const CLI::Option* option : app.get_options()) {
        std::vector<std::string> names;
        for (const auto& name : option->get_lnames()) names.push_back("--" + name);
        for (const auto& name : option->get_snames()) names.push_back("-" + name);
        for (const auto& name : names) {
            node.options.push_back({name, option->get_description()});
            if (option->get_items_expected_max() > 0) {
                tree.value_types[name] = option->get_type_name();
            }
        }
    }
}

void collect(const CLI::App& app, const CLI::App& root, const std::string& place, Tree& tree) {
    Node node{place, {}, {}};
    for (const CLI::App* command : commands_of(app)) {
        node.commands.push_back({command->get_name(), command->get_description()});
    }
    add_options(app, tree, node);
    if (&app != &root) {
        Node global{"", {}, {}};
        add_options(root, tree, global);
        for (const auto& option : global.options) {
            // Every command has its own help; the version is printed only by the program itself.
            if (option.text != "--help" && option.text != "-h" && option.text != "--version") {
                node.options.push_back(option);
            }
        }
    }
    tree.nodes.push_back(std::move(node));
    for (const CLI::App* command : commands_of(app)) {
        collect(*command, root, place + "/" + command->get_name(), tree);
    }
}

Tree tree_of(const CLI::App& app) {
    Tree tree;
    collect(app, app, "", tree);
    return tree;
}

std::string places_pattern(const Tree& tree) {
    std::string out;
    for (const auto& node : tree.nodes) {
        if (!node.place.empty()) out += (out.empty() ? "" : "|") + node.place;
    }
    return out;
}

// Returns the words of a type such as "hmac|shared-secret"; empty for any other type.
std::string choices(const std::string& type) {
    if (type.find('|') == std::string::npos) return "";
    std::string words = type;
    for (char& c : words) {
        if (c == '|') c = ' ';
    }
    return words;
}

std::string escaped(std::string_view text) {
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

std::string joined(const std::vector<Word>& words) {
    std::string out;
    for (const auto& word : words) out += (out.empty() ? "" : " ") + word.text;
    return out;
}

std::string described(const std::vector<Word>& words) {
    std::string out;
    for (const auto& word : words) {
        out += fmt::format(" '{}:{}'", escaped(word.text), escaped(word.help));
    }
    return out;
}

}  // namespace

std::string bash_completion(const CLI::App& app) {
    const Tree tree = tree_of(app);
    std::string out = fmt::format(
        R"(# bash completion of rescuestream-cli. Use it with:  source <(rescuestream-cli completion bash)
_rescuestream_cli() {{
    local cur=${{COMP_WORDS[COMP_CWORD]}} prev=${{COMP_WORDS[COMP_CWORD - 1]}} place='' words='' i
    local commands='' options=''
    # "--option=value" arrives as three words.
    [[ $cur == '=' ]] && cur=''
    [[ $prev == '=' ]] && prev=${{COMP_WORDS[COMP_CWORD - 2]}}
    for ((i = 1; i < COMP_CWORD; i++)); do
        case "$place/${{COMP_WORDS[i]}}" in
        {}) place+="/${{COMP_WORDS[i]}}" ;;
        esac
    done
    case "$prev" in
)",
        places_pattern(tree));
    for (const auto& [option, type] : tree.value_types) {
        if (const auto words = choices(type); !words.empty()) {
            out += fmt::format("    {}) words='{}' ;;\n", option, words);
        } else if (type == "FILE" || type == "DIR") {
            out += fmt::format(
                "    {}) compopt -o filenames 2>/dev/null || :\n"
                "        mapfile -t COMPREPLY < <(compgen -{} -- \"$cur\")\n"
                "        return ;;\n",
                option, type == "DIR" ? "d" : "f");
        } else {
            out += fmt::format("    {}) COMPREPLY=()\n        return ;;\n", option);
        }
    }
    out += "    *) case \"$place\" in\n";
    for (const auto& node : tree.nodes) {
        out += fmt::format("        '{}') commands='{}' options='{}' ;;\n", node.place,
                           joined(node.commands), joined(node.options));
    }
    out +=
        "        esac\n"
        "        words=$commands\n"
        "        [[ $cur == -* || -z $commands ]] && words=$options ;;\n"
        "    esac\n"
        "    mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$cur\")\n"
        "}\n"
        "complete -F _rescuestream_cli rescuestream-cli\n";
    return out;
}

std::string zsh_completion(const CLI::App& app) {
    const Tree tree = tree_of(app);
    std::string out = fmt::format(
        R"(#compdef rescuestream-cli
# zsh completion of rescuestream-cli. Use it with:  source <(rescuestream-cli completion zsh)
_rescuestream_cli() {{
    local place='' word
    local -a commands options
    for word in "${{(@)words[2,CURRENT-1]}}"; do
        case "$place/$word" in
        {}) place+="/$word" ;;
        esac
    done
    case "${{words[CURRENT-1]}}" in
)",
        places_pattern(tree));
    for (const auto& [option, type] : tree.value_types) {
        if (const auto words = choices(type); !words.empty()) {
            out += fmt::format("    {}) compadd -- {}; return ;;\n", option, words);
        } else if (type == "FILE" || type == "DIR") {
            out += fmt::format("    {}) _files{}; return ;;\n", option, type == "DIR" ? " -/" : "");
        } else {
            out += fmt::format("    {}) _message value; return ;;\n", option);
        }
    }
    out += "    esac\n    case \"$place\" in\n";
    for (const auto& node : tree.nodes) {
        out += fmt::format("    '{}')\n        commands=({} )\n        options=({} ) ;;\n",
                           node.place, described(node.commands), described(node.options));
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
