#pragma once

#include <string>

namespace CLI {
class App;
}

namespace rescuestream::cli {

/// Scripts that complete commands, options and fixed values, made from the tree of commands.
std::string bash_completion(const CLI::App& app);
std::string zsh_completion(const CLI::App& app);

}  // namespace rescuestream::cli
