// Refuses parameters that the route does not know: a misspelt filter must not show a whole list. It
// is the innermost filter: a caller is told of it only when everything else is well, and the
// attempt counts towards the caller's rate.

#include "filters/list.hpp"
#include "problem.hpp"
#include "query_reader.hpp"

namespace rescuestream::server {
namespace {

class QueryFilter final : public Filter {
public:
    std::optional<HttpResponse> on_request(Call& call) const override {
        // What stands in the address of a hook is its operator's: see Route::query.
        if (call.route->access == Access::kMedia) return std::nullopt;
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
