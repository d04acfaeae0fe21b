#pragma once

#include <string>
#include <utility>

#include "rescuestream/result.hpp"

namespace rescuestream::cli {

/// The error for what a user wrote wrong; the message names the option or the setting.
inline Error invalid(std::string message) {
    return {ErrorCode::kInvalidArgument, std::move(message), "", {}};
}

}  // namespace rescuestream::cli
