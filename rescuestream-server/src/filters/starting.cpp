// Answers every request while the server waits for its database at start: the probes as they always
// are, everything else with 503. It is the last filter, and needs neither a route nor the database.

#include "filters/list.hpp"
#include "problem.hpp"
#include "routes/health.hpp"

namespace rescuestream::server {
namespace {

class StartingFilter final : public Filter {
public:
    std::optional<HttpResponse> on_head(Call& call) const override {
        const HttpRequest& request = call.request;
        if (request.method == "GET" || request.method == "HEAD") {
            if (request.path == "/livez") return starting_livez(request);
            if (request.path == "/readyz") return starting_readyz(request);
            if (request.path == "/health") return starting_health(request);
        }
        return problem(request, ProblemKind::kUnavailable,
                       "The server is starting and waits for its database.");
    }
};

}  // namespace

std::unique_ptr<Filter> make_starting_filter() {
    return std::make_unique<StartingFilter>();
}

}  // namespace rescuestream::server
