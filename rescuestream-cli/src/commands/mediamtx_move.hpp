#pragma once

#include "commands/mediamtx_options.hpp"
#include "program.hpp"

namespace rescuestream::cli {

/// Adds `check FILE` to the noun mediamtx.
void add_mediamtx_check(CLI::App& noun, Program& program);

/// Writes the owner's file `options.merge` with what must change changed, to the output or to
/// `options.output`. A file that is replaced is kept under another name first. kConflict: the
/// output is another file that exists, and there is no --force.
Result<ExitCode> merge_config(ConfigOptions& options, Program& program);

}  // namespace rescuestream::cli
