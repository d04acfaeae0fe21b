#pragma once

#include <string>

namespace CLI {
class App;
}

namespace rescuestream::cli {

/// Returns a script for zsh that completes commands, options, fixed values and names, generated
/// from the tree of commands. It asks `rescuestream-cli __complete` for names.
std::string zsh_completion(const CLI::App& app);

}  // namespace rescuestream::cli
