#pragma once

#include <cstddef>
#include <string_view>

namespace rescuestream {

/// A stream key value is this prefix and the base64url of 32 random bytes (43 characters).
constexpr std::string_view kKeyPrefix = "sk_";
constexpr std::size_t kKeyRandomBytes = 32;
constexpr std::size_t kKeyTailLength = 43;

/// A short playback token is this prefix and the base64url of 18 random bytes (24 characters).
constexpr std::string_view kShortTokenPrefix = "rsp_";
constexpr std::size_t kShortTokenTailLength = 24;

}  // namespace rescuestream
