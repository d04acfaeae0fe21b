#include "refusals.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "problem.hpp"
#include "rescuestream/api_credentials.hpp"
#include "router.hpp"

namespace rescuestream::server {

HttpResponse refuse_credential(const HttpRequest& request, Access access,
                               const Identity& identity) {
    if (identity.retry) return too_many(request, *identity.retry, identity.problem);
    switch (identity.kind) {
        case RefusalKind::kForbidden:
            return problem(request, ProblemKind::kForbidden, identity.problem);
        case RefusalKind::kUnavailable:
            return problem(request, ProblemKind::kUnavailable, identity.problem);
        case RefusalKind::kUnauthorized:
            break;
    }
    HttpResponse response = problem(request, ProblemKind::kUnauthorized, identity.problem);
    response.headers.emplace_back("WWW-Authenticate", access == Access::kMedia
                                                          ? "Basic realm=\"rescuestream\""
                                                          : "ApiKey realm=\"rescuestream\"");
    return response;
}

std::optional<HttpResponse> refuse_right(const HttpRequest& request, const Permission& permission,
                                         const ApiCredential& credential) {
    if (permission.scope && !credential.scopes.permit(*permission.scope)) {
        return problem(request, ProblemKind::kForbidden,
                       fmt::format("Your credential lacks the scope {} (GET /whoami shows those "
                                   "that it has).",
                                   to_string(*permission.scope)));
    }
    if (credential.is_restricted() && !permission.is_for_restricted) {
        return problem(request, ProblemKind::kForbidden,
                       "Your credential is restricted to broadcasters, and this route is about "
                       "the whole installation.");
    }
    return std::nullopt;
}

HttpResponse too_many(const HttpRequest& request, std::chrono::seconds retry,
                      std::string_view why) {
    HttpResponse response = problem(request, ProblemKind::kTooManyRequests, why);
    response.headers.emplace_back("Retry-After",
                                  std::to_string(std::max<std::int64_t>(retry.count(), 1)));
    return response;
}

void add_rate_headers(const RateLimit& limit, const RateLimit::Outcome& rate,
                      HttpResponse& response) {
    const double window = static_cast<double>(limit.burst()) / limit.rate();
    response.headers.emplace_back("RateLimit-Policy",
                                  fmt::format("\"api\";q={};w={:.0f}", limit.burst(), window));
    response.headers.emplace_back(
        "RateLimit", fmt::format("\"api\";r={};t={}", rate.remaining, rate.reset.count()));
}

}  // namespace rescuestream::server
