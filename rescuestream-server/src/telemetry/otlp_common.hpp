#pragma once

#include <string>
#include <string_view>

#include "rescuestream/redaction.hpp"

/// What all signals of OTLP have in common.
namespace rescuestream::server {

inline constexpr std::string_view kScopeName = "rescuestream";

/// Returns a text as it may leave this program.
inline std::string exported(std::string_view text) {
    // The shortest text that resembles a key value is longer.
    constexpr std::size_t kHarmless = 31;
    return text.size() <= kHarmless ? std::string(text) : redact_key_values(text);
}

}  // namespace rescuestream::server
