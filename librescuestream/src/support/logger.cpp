#include "rescuestream/logger.hpp"

#include <fmt/format.h>

#include <cmath>

namespace rescuestream {
namespace {

class NullLogger final : public Logger {
public:
    void log(LogLevel, std::string_view, std::initializer_list<LogField>) noexcept override {}
};

}  // namespace

LogField::LogField(std::string_view its_name, double number)
    : name(its_name), value(fmt::format("{:.3f}", number)), is_number(std::isfinite(number)) {}

Logger& null_logger() {
    static NullLogger logger;
    return logger;
}

}  // namespace rescuestream
