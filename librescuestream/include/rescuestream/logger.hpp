#pragma once

#include <concepts>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace rescuestream {

enum class LogLevel {
    kDebug,    ///< Each step and each request, for a developer.
    kInfo,     ///< Something changed or was refused, as intended: nobody has to act.
    kWarning,  ///< Something does not work at present, or the setup is unsafe. The program retries,
               ///< or continues without it; somebody should look at it if it lasts.
    kError,    ///< Something was lost, or does not work until somebody acts; or a defect.
};

/// One named value of a log line. Values are redacted by the caller's logger, not here.
struct LogField {
    LogField(std::string_view its_name, std::string text)
        : name(its_name), value(std::move(text)) {}
    /// A number, which a logger may write without quotes.
    template <class Number>
    requires(std::integral<Number> && !std::same_as<Number, bool> && !std::same_as<Number, char>)
        LogField(std::string_view its_name, Number number)
        : name(its_name), value(std::to_string(number)), is_number(true) {}
    /// The same with three decimal places.
    LogField(std::string_view its_name, double number);

    std::string_view name;
    std::string value;
    bool is_number = false;
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
