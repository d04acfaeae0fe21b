// Reads If-Match, and refuses it where it would have no effect, so that nobody relies on a check
// that is not made. It runs after `who_calls`, because it explains a route to its callers only.

#include "entity_tag.hpp"
#include "filters/list.hpp"
#include "problem.hpp"

namespace rescuestream::server {
namespace {

class ConditionsFilter final : public Filter {
public:
    std::optional<HttpResponse> on_request(Call& call) const override {
        HttpRequest& request = call.request;
        if (call.route->permission.access == Access::kMedia || !request.has_header("if-match")) {
            return std::nullopt;
        }
        if (!call.route->checks_version) {
            return problem(request, ProblemKind::kInvalidRequest,
                           "This route does not check If-Match: leave it out. It applies to "
                           "changes of one record, such as a stream key or an incident.");
        }
        auto versions = versions_of_if_match(request);
        if (!versions) {
            return problem(request, ProblemKind::kInvalidRequest,
                           "If-Match must be an ETag of this record in double quotes, several of "
                           "them with commas between them, or *.");
        }
        request.if_match = *std::move(versions);
        return std::nullopt;
    }
};

}  // namespace

std::unique_ptr<Filter> make_conditions_filter() {
    return std::make_unique<ConditionsFilter>();
}

}  // namespace rescuestream::server
