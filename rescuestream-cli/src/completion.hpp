#pragma once

#include <string>

namespace CLI {
class App;
}

namespace rescuestream::cli {

/// Returns a script that completes commands, options and fixed values, generated from the tree of
/// commands.
std::string bash_completion(const CLI::App& app);
std::string zsh_completion(const CLI::App& app);

}  // namespace rescuestream::cli
