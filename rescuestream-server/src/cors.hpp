#pragma once

#include <optional>
#include <string>

#include "http/message.hpp"
#include "settings/settings.hpp"

namespace rescuestream::server {

/// The answer to a browser that asks, before a request of another origin, whether it may be sent;
/// empty when this is no such question, or its origin is none of CORS_ORIGINS. `allow`: the methods
/// of the path. Source: Fetch standard, "CORS protocol".
std::optional<HttpResponse> answer_preflight(const HttpRequest& request, const std::string& allow,
                                             const Settings& settings);

/// Lets the pages of CORS_ORIGINS read the answer.
void add_cors_headers(const HttpRequest& request, const Settings& settings, HttpResponse& response);

}  // namespace rescuestream::server
