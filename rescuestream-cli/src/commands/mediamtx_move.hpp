#pragma once

#include "commands/mediamtx_options.hpp"
#include "mediamtx/move.hpp"
#include "program.hpp"

namespace rescuestream::cli {

/// Adds `check FILE` to the noun mediamtx.
void add_mediamtx_check(CLI::App& noun, Program& program);

/// Writes the owner's file `options.merge` with what must change changed, to the output or to
/// `options.output`. A file that is replaced is kept under another name first. kConflict: the
/// output is another file that exists, and there is no --force.
Result<ExitCode> merge_config(ConfigOptions& options, Program& program);

/// Tells on standard error which variables of MediaMTX in this environment would undo a part of the
/// configuration `text`, called `name` in messages, if MediaMTX had them, too.
Result<void> tell_of_variables(const std::string& name, const std::string& text,
                               const MoveTarget& target, Host& host);

}  // namespace rescuestream::cli
