// Limits how much a credential that may not do everything can have stored, so that none of them
// fills the disk. It runs beside the limit of calls, which lets many large bodies pass.

#include "caller.hpp"
#include "filters/list.hpp"
#include "refusals.hpp"

namespace rescuestream::server {
namespace {

class ChangeLimitFilter final : public Filter {
public:
    explicit ChangeLimitFilter(RateLimit& limit) : limit_(limit) {}

    std::optional<HttpResponse> on_request(Call& call) const override {
        const HttpRequest& request = call.request;
        if (request.method == "GET" || request.method == "HEAD" || !request.credential ||
            request.credential->scopes.names(Scope::kAdmin)) {
            return std::nullopt;
        }
        const auto outcome = limit_.take(account_of(request), std::chrono::steady_clock::now(),
                                         stored_units(request.body));
        if (outcome.allowed) return std::nullopt;
        return too_many(request, outcome.reset,
                        "This credential requests too many changes: the limit for one without the "
                        "scope admin, together with those that it made, is 8 MiB at once and 50 "
                        "KiB a second after that, and each change counts as at least 1 KiB. "
                        "Nothing was changed.");
    }

private:
    RateLimit& limit_;
};

}  // namespace

std::unique_ptr<Filter> make_change_limit_filter(RateLimit& limit) {
    return std::make_unique<ChangeLimitFilter>(limit);
}

}  // namespace rescuestream::server
