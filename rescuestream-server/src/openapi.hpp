#pragma once

#include <string_view>

namespace rescuestream::server {

/// openapi.yaml as JSON, embedded by the build.
std::string_view openapi_json() noexcept;

}  // namespace rescuestream::server
