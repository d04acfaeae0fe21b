#pragma once

#include <memory>

#include "rescuestream/logger.hpp"
#include "settings/settings.hpp"

namespace rescuestream::server {

/// Lines on standard error, one per event: `TIME LEVEL message name=value …`, or JSON objects. Key
/// values are masked in all of it. A thread of its own writes them, so that nobody waits for
/// whoever reads them: when that is too slow the oldest lines are lost, and a line says how many.
std::unique_ptr<Logger> make_logger(LogFormat format, LogThreshold threshold);

/// One line in either format, without its end. For tests.
std::string format_log_line(LogFormat format, Timestamp time, LogLevel level,
                            std::string_view message, std::initializer_list<LogField> fields);

}  // namespace rescuestream::server
