#include "cors.hpp"

#include <algorithm>

namespace rescuestream::server {
namespace {

constexpr const char* kRequestHeaders =
    "Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, X-API-Key, "
    "X-CSRF-Token, X-Nonce, X-Request-ID, "
    "X-Signature, X-Signature-Version, X-Timestamp";
constexpr const char* kResponseHeaders =
    "ETag, Idempotency-Replayed, RateLimit, RateLimit-Policy, RescueStream-Cutoff, "
    "RescueStream-Next-Cursor, Retry-After, "
    "X-Request-ID";

// Returns nothing when the pages of this origin may not read the response.
std::optional<std::string> allowed_origin(const HttpRequest& request, const Settings& settings) {
    const auto origin = request.header("origin");
    if (!origin) return std::nullopt;
    for (const auto& allowed : settings.cors_origins) {
        if (allowed == "*") return "*";
        if (allowed == *origin) return allowed;
    }
    return std::nullopt;
}

}  // namespace

std::optional<HttpResponse> answer_preflight(const HttpRequest& request, const std::string& allow,
                                             const Settings& settings) {
    if (request.method != "OPTIONS" || !request.has_header("access-control-request-method")) {
        return std::nullopt;
    }
    if (!allowed_origin(request, settings)) return std::nullopt;
    HttpResponse response;
    response.status = 204;
    response.headers = {{"Access-Control-Allow-Methods", allow},
                        {"Access-Control-Allow-Headers", kRequestHeaders},
                        {"Access-Control-Max-Age", "600"}};
    return response;
}

void add_cors_headers(const HttpRequest& request, const Settings& settings,
                      HttpResponse& response) {
    if (settings.cors_origins.empty()) return;
    response.headers.emplace_back("Vary", "Origin");
    const auto origin = allowed_origin(request, settings);
    if (!origin) return;
    response.headers.emplace_back("Access-Control-Allow-Origin", *origin);
    response.headers.emplace_back("Access-Control-Expose-Headers", kResponseHeaders);
}

}  // namespace rescuestream::server
