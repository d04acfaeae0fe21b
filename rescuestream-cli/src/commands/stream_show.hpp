#pragma once

#include <string>
#include <vector>

#include "commands/stream_options.hpp"
#include "exit_code.hpp"
#include "program.hpp"
#include "rescuestream/records.hpp"
#include "rescuestream/result.hpp"
#include "rescuestream/time.hpp"

namespace rescuestream::cli {

Result<ExitCode> show_stream(const StreamOptions& options, const Program& program);
Result<ExitCode> show_timeline(const StreamOptions& options, const Program& program);

/// The columns of `show_timeline`.
const std::vector<Column>& timeline_columns();

/// Returns how long a stream lasted, or has lasted until now.
std::string show_length(const Stream& stream, Timestamp now);

}  // namespace rescuestream::cli
