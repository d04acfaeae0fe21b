#pragma once

#include <optional>
#include <string>

#include "http/message.hpp"
#include "settings/settings.hpp"

namespace rescuestream::server {

/// Returns the response to a CORS preflight request. Returns nothing when the request is not a
/// preflight, or when its origin is not in CORS_ORIGINS. `allow` lists the methods of the path.
/// Source: Fetch standard, "CORS protocol".
std::optional<HttpResponse> answer_preflight(const HttpRequest& request, const std::string& allow,
                                             const Settings& settings);

/// Permits the pages of CORS_ORIGINS to read the response.
void add_cors_headers(const HttpRequest& request, const Settings& settings, HttpResponse& response);

}  // namespace rescuestream::server
