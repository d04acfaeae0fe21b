#pragma once

namespace CLI {
class App;
}

namespace rescuestream::cli {

struct Program;

/// Adds `verify` and `checkpoint` to the noun `audit`.
void add_chain_commands(CLI::App& noun, Program& program);

}  // namespace rescuestream::cli
