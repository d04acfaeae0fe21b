// Refuses parameters that the route does not know, so that a misspelt filter does not return the
// whole list. It is the last filter that refuses: a caller learns of the error only when everything
// else is correct, and the attempt counts towards its rate limit.

#include "filters/list.hpp"
#include "problem.hpp"
#include "query_reader.hpp"

namespace rescuestream::server {
namespace {

class QueryFilter final : public Filter {
public:
    std::optional<HttpResponse> on_request(Call& call) const override {
        // The operator chooses the address of a hook: see Route::query.
        if (call.route->permission.access == Access::kMedia) return std::nullopt;
        const auto wrong = check_query(call.request, call.route->query);
        if (!wrong) return std::nullopt;
        return problem(call.request, *wrong);
    }
};

}  // namespace

std::unique_ptr<Filter> make_query_filter() {
    return std::make_unique<QueryFilter>();
}

}  // namespace rescuestream::server
