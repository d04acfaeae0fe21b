// Checks the credential, once. What the head contains is checked before the body is read, so that
// an unauthenticated caller cannot make the server read one; a signature is checked when the body
// has arrived. It runs before everything that reveals something about the installation or queries
// the storage.

#include "filters/list.hpp"
#include "refusals.hpp"
#include "rescuestream/stream_orchestrator.hpp"

namespace rescuestream::server {
namespace {

class WhoCallsFilter final : public Filter {
public:
    explicit WhoCallsFilter(const Context& context)
        : orchestrator_(context.orchestrator), credentials_(context.settings, context.protection) {}

    std::optional<HttpResponse> on_head(Call& call) const override {
        call.caller = credentials_.before_body(call.request, call.route->permission.access);
        return refusal_of(call);
    }
    std::optional<HttpResponse> on_request(Call& call) const override {
        call.caller = credentials_.with_body(call.request, std::move(call.caller),
                                             call.route->permission.access, orchestrator_.now());
        if (auto refusal = refusal_of(call)) return refusal;
        call.request.actor = call.caller.actor;
        return std::nullopt;
    }

private:
    static std::optional<HttpResponse> refusal_of(const Call& call) {
        if (call.caller.problem.empty()) return std::nullopt;
        return refuse_credential(call.request, call.route->permission.access, call.caller);
    }

    StreamOrchestrator& orchestrator_;
    const CredentialCheck credentials_;
};

}  // namespace

std::unique_ptr<Filter> make_who_calls_filter(const Context& context) {
    return std::make_unique<WhoCallsFilter>(context);
}

}  // namespace rescuestream::server
