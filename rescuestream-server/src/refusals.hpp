#pragma once

#include <chrono>
#include <optional>
#include <string_view>

#include "auth/credentials.hpp"
#include "http/message.hpp"
#include "limits.hpp"

namespace rescuestream::server {

struct Permission;

/// Returns 401 with the header that names the credential that `access` requires, or 429 when
/// `identity` has too many wrong guesses.
HttpResponse refuse_credential(const HttpRequest& request, Access access, const Identity& identity);

/// Returns 403 when the credential does not permit the call of a route with this permission.
std::optional<HttpResponse> refuse_right(const HttpRequest& request, const Permission& permission,
                                         const ApiCredential& credential);

/// Returns 429 with Retry-After.
HttpResponse too_many(const HttpRequest& request, std::chrono::seconds retry, std::string_view why);

/// Adds what remains of the caller's rate limit. Source: IETF draft "RateLimit header fields for
/// HTTP".
void add_rate_headers(const RateLimit& limit, const RateLimit::Outcome& rate,
                      HttpResponse& response);

}  // namespace rescuestream::server
