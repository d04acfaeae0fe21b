// Checks the credential, once. What the head contains is checked before the body is read, so that
// an unauthenticated caller cannot make the server read one; a signature is checked when the body
// has arrived. It runs before everything that reveals something about the installation or queries
// the storage.

#include "caller.hpp"
#include "filters/list.hpp"
#include "json/document.hpp"
#include "protection.hpp"
#include "refusals.hpp"
#include "rescuestream/stream_orchestrator.hpp"

namespace rescuestream::server {
namespace {

class WhoCallsFilter final : public Filter {
public:
    explicit WhoCallsFilter(const Context& context)
        : orchestrator_(context.orchestrator),
          protection_(context.protection),
          credentials_(context.settings, context.protection, context.orchestrator) {}

    std::optional<HttpResponse> on_head(Call& call) const override {
        call.caller = credentials_.before_body(call.request, call.route->permission.access);
        return refusal_of(call);
    }
    std::optional<HttpResponse> on_request(Call& call) const override {
        call.caller = credentials_.with_body(call.request, std::move(call.caller),
                                             call.route->permission.access, orchestrator_.now());
        if (auto refusal = refusal_of(call)) return refusal;
        call.request.actor = call.caller.actor;
        call.request.credential = call.caller.credential;
        call.request.csrf_token = call.caller.csrf_token;
        return std::nullopt;
    }

    // Every refusal of a caller passes here, also one by the rate limit or by the handler.
    void on_answer(const Call& call, HttpResponse& response) const override {
        const bool is_refused = response.status == 401 || response.status == 403;
        if (!is_refused || protection_ == nullptr ||
            call.route->permission.access != Access::kCredential) {
            return;
        }
        const auto verdict = protection_->refused_calls.note(
            std::to_string(response.status), call.request.remote_address, call.request.path,
            std::chrono::steady_clock::now());
        if (!verdict.is_told) return;
        Caller caller = server::caller_of(call.request);
        caller.actor = call.caller.actor;
        orchestrator_.note_refused_call(caller, detail_of(response), verdict.times);
    }

private:
    static std::string detail_of(const HttpResponse& response) {
        const auto body = json::parse(response.body);
        if (!body || !body->IsObject() || !body->HasMember("detail")) return {};
        return (*body)["detail"].GetString();
    }
    static std::optional<HttpResponse> refusal_of(const Call& call) {
        const Permission& permission = call.route->permission;
        if (!call.caller.problem.empty()) {
            return refuse_credential(call.request, permission.access, call.caller);
        }
        return call.caller.credential == nullptr
                   ? std::nullopt
                   : refuse_right(call.request, permission, *call.caller.credential);
    }

    StreamOrchestrator& orchestrator_;
    Protection* const protection_;
    const CredentialCheck credentials_;
};

}  // namespace

std::unique_ptr<Filter> make_who_calls_filter(const Context& context) {
    return std::make_unique<WhoCallsFilter>(context);
}

}  // namespace rescuestream::server
