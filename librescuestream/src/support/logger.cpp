#include "rescuestream/logger.hpp"

namespace rescuestream {
namespace {

class NullLogger final : public Logger {
public:
    void log(LogLevel, std::string_view, std::initializer_list<LogField>) noexcept override {}
};

}  // namespace

Logger& null_logger() {
    static NullLogger logger;
    return logger;
}

}  // namespace rescuestream
