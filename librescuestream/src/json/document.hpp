#pragma once

#include <rapidjson/document.h>

#include <cstddef>
#include <string_view>

#include "rescuestream/result.hpp"

namespace rescuestream::json {

struct ParseLimits {
    std::size_t max_bytes = 1024 * 1024;
    std::size_t max_depth = 32;
};

/// Parses one JSON text: iteratively (hostile depth cannot overflow the stack), with UTF-8 checked,
/// nothing after it. kInvalidArgument with a sentence that names what is wrong and at which byte:
/// malformed, too large, too deep, a NUL character in a string, a member name given twice.
Result<rapidjson::Document> parse(std::string_view text, const ParseLimits& limits = {});

}  // namespace rescuestream::json
