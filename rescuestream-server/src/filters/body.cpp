// Reads the body, up to the limit of the route, which is known at this point. It runs before the
// filter `who_calls`, because a signature covers the body. A caller that can be refused by the head
// alone has already been refused, without its body being read.

#include <fmt/format.h>

#include "filters/list.hpp"
#include "problem.hpp"

namespace rescuestream::server {
namespace {

class BodyFilter final : public Filter {
public:
    std::optional<HttpResponse> on_request(Call& call) const override {
        HttpRequest& request = call.request;
        if (!call.body->present()) return std::nullopt;
        switch (call.body->read(call.route->body_limit, request.body)) {
            case BodyOutcome::kComplete:
                return std::nullopt;
            case BodyOutcome::kTooLarge:
                return problem(
                    request, ProblemKind::kPayloadTooLarge,
                    fmt::format("The body is larger than {} bytes.", call.route->body_limit));
            case BodyOutcome::kMalformed:
                return problem(request, ProblemKind::kInvalidRequest,
                               "The body's chunks are malformed.");
            case BodyOutcome::kBroken:
                return problem(request, ProblemKind::kRequestTimeout,
                               "The body did not arrive, or is incomplete.");
        }
        return std::nullopt;
    }
};

}  // namespace

std::unique_ptr<Filter> make_body_filter() {
    return std::make_unique<BodyFilter>();
}

}  // namespace rescuestream::server
