#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

namespace rescuestream::cli {

/// The option takes one of `words`: checked, shown in help, offered by completion.
inline CLI::Option* one_of(CLI::Option* option, const std::vector<std::string>& words) {
    std::string type;
    for (const auto& word : words) type += (type.empty() ? "" : "|") + word;
    // Its own description would repeat the words.
    return option->type_name(type)->check(CLI::IsMember(words).description(""));
}

}  // namespace rescuestream::cli
