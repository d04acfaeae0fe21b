#include "orchestrator/step_failure.hpp"

#include <utility>

namespace rescuestream {

void log_step_failure(Logger& logger, std::string_view message, const Error& error,
                      LogField about) {
    const auto level =
        error.code == ErrorCode::kStorageFull ? LogLevel::kDebug : LogLevel::kWarning;
    logger.log(level, message, {std::move(about), {"error", error.message}});
}

}  // namespace rescuestream
