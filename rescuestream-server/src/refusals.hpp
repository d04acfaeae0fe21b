#pragma once

#include <chrono>
#include <string_view>

#include "auth/credentials.hpp"
#include "http/message.hpp"
#include "limits.hpp"

namespace rescuestream::server {

/// 401 with the header that says which credential `access` asks for; 429 when the identity is that
/// of somebody who guesses.
HttpResponse refuse_credential(const HttpRequest& request, Access access, const Identity& identity);

/// 429 with Retry-After.
HttpResponse too_many(const HttpRequest& request, std::chrono::seconds retry, std::string_view why);

/// What is left of a caller's rate. Source: IETF draft "RateLimit header fields for HTTP".
void add_rate_headers(const RateLimit& limit, const RateLimit::Outcome& rate,
                      HttpResponse& response);

}  // namespace rescuestream::server
