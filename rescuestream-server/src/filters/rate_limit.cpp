// Limits how often a credential may be used. It runs after everything that checks the
// credential, because it counts by credential: nobody can use up the rate of another caller. The
// cost of wrong credentials is limited earlier (Guesses).

#include "filters/list.hpp"
#include "refusals.hpp"

namespace rescuestream::server {
namespace {

class RateLimitFilter final : public Filter {
public:
    explicit RateLimitFilter(RateLimit& limit) : limit_(limit) {}

    std::optional<HttpResponse> on_request(Call& call) const override {
        if (call.route->permission.access != Access::kCredential) return std::nullopt;
        call.rate = limit_.take(call.request.actor, std::chrono::steady_clock::now());
        if (call.rate->allowed) return std::nullopt;
        return too_many(call.request, call.rate->reset, "This credential sends too many requests.");
    }
    void on_answer(const Call& call, HttpResponse& response) const override {
        if (call.rate) add_rate_headers(limit_, *call.rate, response);
    }

private:
    RateLimit& limit_;
};

}  // namespace

std::unique_ptr<Filter> make_rate_limit_filter(RateLimit& limit) {
    return std::make_unique<RateLimitFilter>(limit);
}

}  // namespace rescuestream::server
