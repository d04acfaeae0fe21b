#pragma once

#include <string>
#include <utility>

#include "rescuestream/result.hpp"

namespace rescuestream::cli {

/// Returns the error for wrong input of a user; the message names the option or the setting.
inline Error invalid(std::string message) {
    return {ErrorCode::kInvalidArgument, std::move(message), "", {}};
}

}  // namespace rescuestream::cli
