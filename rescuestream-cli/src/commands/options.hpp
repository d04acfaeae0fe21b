#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

namespace rescuestream::cli {

/// Restricts the option to one of `words`: the value is checked, and help and completion list the
/// words.
inline CLI::Option* one_of(CLI::Option* option, const std::vector<std::string>& words) {
    std::string type;
    for (const auto& word : words) type += (type.empty() ? "" : "|") + word;
    // The check's own description would repeat the words.
    return option->type_name(type)->check(CLI::IsMember(words).description(""));
}

/// How the words of `offer` are found by the completion: the name of a check.
inline constexpr const char* kOfferedWords = "words: ";

/// Lets the completion offer `words` as values, without restricting the option to them and without
/// listing them in the help.
inline CLI::Option* offer(CLI::Option* option, const std::vector<std::string>& words) {
    std::string name = kOfferedWords;
    for (const auto& word : words) name += word + " ";
    return option->check(
        CLI::Validator([](std::string&) { return std::string(); }, std::string(), name));
}

/// Adds the option of a verb that destroys something, which therefore calls `confirm`.
inline void add_yes(CLI::App& verb, bool& yes) {
    verb.add_flag("-y,--yes", yes, "Do not ask; required where there is no terminal to ask on");
}

}  // namespace rescuestream::cli
