#pragma once

#include <string_view>

#include "rescuestream/logger.hpp"
#include "rescuestream/result.hpp"

namespace rescuestream {

/// Logs that a change could not be stored, as a warning; as debug if the storage is full, which is
/// reported once elsewhere.
void log_step_failure(Logger& logger, std::string_view message, const Error& error, LogField about);

}  // namespace rescuestream
