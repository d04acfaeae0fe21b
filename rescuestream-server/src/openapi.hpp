#pragma once

#include <string_view>

namespace rescuestream::server {

/// Returns rescuestream-server/openapi.yaml, which the build embeds.
std::string_view openapi_yaml() noexcept;
/// Returns the same document as JSON.
std::string_view openapi_json() noexcept;

}  // namespace rescuestream::server
