// Answers when something has thrown an exception: 500, with the reason only in the log. Handlers
// report failures by their results, so this is for defects of the program and for lack of memory.
// It runs outside of everything that decides about a request, and inside of the filters that
// every kind of response needs.

#include "filters/list.hpp"
#include "problem.hpp"
#include "rescuestream/logger.hpp"
#include "router.hpp"

namespace rescuestream::server {
namespace {

class LastCatchFilter final : public Filter {
public:
    explicit LastCatchFilter(Logger& logger) : logger_(logger) {}

    std::optional<HttpResponse> on_failure(const Call& call, const char* what) const override {
        const std::string_view route = call.route == nullptr ? "" : call.route->pattern;
        logger_.error("a handler failed", {{"route", std::string(route)},
                                           {"request_id", call.request.request_id},
                                           {"error", what}});
        return problem(call.request, ProblemKind::kInternalError,
                       "The server could not do this. Its log has the details under the request "
                       "id.");
    }

private:
    Logger& logger_;
};

}  // namespace

std::unique_ptr<Filter> make_last_catch_filter(Logger& logger) {
    return std::make_unique<LastCatchFilter>(logger);
}

}  // namespace rescuestream::server
