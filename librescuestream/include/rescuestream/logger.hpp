#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

namespace rescuestream {

enum class LogLevel { kDebug, kInfo, kWarning, kError };

/// One named value of a log line. Values are redacted by the caller's logger, not here.
struct LogField {
    std::string_view name;
    std::string value;
};

/// Receives the log of the library.
///
/// Thread-safety: called from any thread. Must not throw and must not call back into the library.
class Logger {
public:
    virtual ~Logger() = default;

    /// `message` is a constant text; variable values are in `fields`.
    virtual void log(LogLevel level, std::string_view message,
                     std::initializer_list<LogField> fields) noexcept = 0;

    void debug(std::string_view message, std::initializer_list<LogField> fields = {}) noexcept {
        log(LogLevel::kDebug, message, fields);
    }
    void info(std::string_view message, std::initializer_list<LogField> fields = {}) noexcept {
        log(LogLevel::kInfo, message, fields);
    }
    void warning(std::string_view message, std::initializer_list<LogField> fields = {}) noexcept {
        log(LogLevel::kWarning, message, fields);
    }
    void error(std::string_view message, std::initializer_list<LogField> fields = {}) noexcept {
        log(LogLevel::kError, message, fields);
    }
};

/// A logger that discards everything. It exists as long as the program.
Logger& null_logger();

}  // namespace rescuestream
