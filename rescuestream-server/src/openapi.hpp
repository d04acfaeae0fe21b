#pragma once

#include <string_view>

namespace rescuestream::server {

/// rescuestream-server/openapi.yaml, embedded by the build.
std::string_view openapi_yaml() noexcept;
/// The same as JSON.
std::string_view openapi_json() noexcept;

}  // namespace rescuestream::server
