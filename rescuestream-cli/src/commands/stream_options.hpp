#pragma once

#include <string>

#include "commands/lists.hpp"
#include "program.hpp"

namespace rescuestream::cli {

/// The options of the `stream` commands.
struct StreamOptions {
    std::string stream;
    std::string state = "live";
    std::string key;
    std::string broadcaster;
    std::string node;
    std::string from;
    std::string to;
    std::string block = "0";
    bool yes = false;
    PageOptions page;
};

// stream_show.cpp
Result<ExitCode> show_stream(const StreamOptions& options, const Program& program);
Result<ExitCode> show_timeline(const StreamOptions& options, const Program& program);

/// Returns how long a stream lasted, or has lasted until now.
std::string show_length(const Stream& stream, Timestamp now);

}  // namespace rescuestream::cli
