#pragma once

#include "commands/key_options.hpp"
#include "exit_code.hpp"
#include "program.hpp"
#include "rescuestream/result.hpp"

namespace rescuestream::cli {

// The verbs of `key` that change something.
Result<ExitCode> create_key(const KeyOptions& options, const Program& program);
Result<ExitCode> edit_key(const KeyOptions& options, const Program& program);
Result<ExitCode> rotate_key(const KeyOptions& options, const Program& program);
Result<ExitCode> disable_key(const KeyOptions& options, const Program& program);
Result<ExitCode> enable_key(const KeyOptions& options, const Program& program);
Result<ExitCode> revoke_key(const KeyOptions& options, const Program& program);

}  // namespace rescuestream::cli
