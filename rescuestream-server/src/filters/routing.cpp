// Finds the route, once. Everything behind it depends on the route (who may call, how large a body
// may be). A request that matches no route is answered here, before its credential is checked, so
// that no credential is required for a path that does not exist.

#include <fmt/format.h>

#include "cors.hpp"
#include "filters/list.hpp"
#include "problem.hpp"
#include "support/text.hpp"

namespace rescuestream::server {
namespace {

class RoutingFilter final : public Filter {
public:
    RoutingFilter(const Routes& routes, const Settings& settings)
        : routes_(routes), settings_(settings) {}

    std::optional<HttpResponse> on_head(Call& call) const override {
        HttpRequest& request = call.request;
        if (!is_clean_utf8(request.path) || !request.path.starts_with('/')) {
            return problem(request, ProblemKind::kInvalidRequest,
                           "The path must be percent-encoded UTF-8 without NUL characters.");
        }
        RouteMatch match = find_route(routes_, request.method, request.encoded_path());
        const bool is_elsewhere = match.route != nullptr && request.media_only &&
                                  match.route->permission.access == Access::kCredential;
        if (is_elsewhere || (match.route == nullptr && match.allow.empty())) {
            return problem(request, ProblemKind::kNotFound,
                           "There is no such route. /openapi.json lists them.");
        }
        if (match.route == nullptr) return refuse_method(request, match.allow);
        call.route = match.route;
        request.path_segments = std::move(match.segments);
        return std::nullopt;
    }

private:
    HttpResponse refuse_method(const HttpRequest& request, const std::string& allow) const {
        if (auto preflight = answer_preflight(request, allow, settings_)) {
            return *std::move(preflight);
        }
        HttpResponse response = problem(request, ProblemKind::kMethodNotAllowed,
                                        fmt::format("This route takes {} only.", allow));
        response.headers.emplace_back("Allow", allow);
        return response;
    }

    const Routes& routes_;
    const Settings& settings_;
};

}  // namespace

std::unique_ptr<Filter> make_routing_filter(const Routes& routes, const Settings& settings) {
    return std::make_unique<RoutingFilter>(routes, settings);
}

}  // namespace rescuestream::server
