#pragma once

#include <string>

namespace CLI {
class App;
}

namespace rescuestream::cli {

/// Returns a script for fish that completes commands, options, fixed values and names, generated
/// from the tree of commands. It asks `rescuestream-cli __complete` for names.
std::string fish_completion(const CLI::App& app);

}  // namespace rescuestream::cli
