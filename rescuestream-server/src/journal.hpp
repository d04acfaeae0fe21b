#pragma once

#include <string_view>

#include "rescuestream/logger.hpp"

namespace rescuestream::server {

/// Returns whether `descriptor` is the stream that systemd connected to its journal. `stream` is
/// the value of the environment variable JOURNAL_STREAM, "DEVICE:INODE", or null. Source:
/// systemd.exec(5). A program whose output was redirected inherits the variable, so it alone is not
/// enough.
bool is_journal(int descriptor, const char* stream);

/// Returns the prefix of a line with which the journal stores its priority: "<3>" for an error.
/// Source: sd-daemon(3).
std::string_view journal_priority(LogLevel level) noexcept;

}  // namespace rescuestream::server
