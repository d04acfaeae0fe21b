#pragma once

#include <cstdint>
#include <memory>

#include "rescuestream/logger.hpp"
#include "settings/settings.hpp"

namespace rescuestream::server {

/// A logger that counts the lines that it loses.
class CountingLogger : public Logger {
public:
    /// Returns how many lines were lost since the start. May be called from any thread.
    virtual std::uint64_t lost_lines() const noexcept = 0;
};

/// Returns a logger that writes to standard error, one line per event: `TIME LEVEL message
/// name=value …`, or a JSON object. Key values are masked. A separate thread writes, so that no
/// caller waits for the reader of the log. When the reader is too slow the oldest lines are lost,
/// and a line says how many. Each line has the ids of the request and of the span that its thread
/// works for.
std::unique_ptr<CountingLogger> make_logger(LogFormat format, LogThreshold threshold);

/// What a line belongs to. Empty members are left out.
struct LogContext {
    std::string request_id;
    std::string trace_id;
    std::string span_id;
};

/// Returns one line in either format, without the line end. For tests.
std::string format_log_line(LogFormat format, Timestamp time, LogLevel level,
                            std::string_view message, std::initializer_list<LogField> fields,
                            const LogContext& context = {});

}  // namespace rescuestream::server
