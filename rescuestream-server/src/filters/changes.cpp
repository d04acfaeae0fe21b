// Ensures that an administrator's change is carried out only while the caller still waits for it,
// and that a signed change, and a request with a nonce, is carried out once. It runs after the
// filters that check credential and body, so that a request that they refuse does not use up its
// signature.

#include "auth/credentials.hpp"
#include "auth/replay.hpp"
#include "filters/list.hpp"
#include "problem.hpp"
#include "rescuestream/stream_orchestrator.hpp"

namespace rescuestream::server {
namespace {

class ChangesFilter final : public Filter {
public:
    explicit ChangesFilter(StreamOrchestrator& orchestrator) : orchestrator_(orchestrator) {}

    std::optional<HttpResponse> on_request(Call& call) const override {
        const HttpRequest& request = call.request;
        const bool is_change = request.method != "GET" && request.method != "HEAD";
        if (call.route->permission.access != Access::kCredential) return std::nullopt;
        const bool is_signed = request.has_header("x-signature");
        // With a nonce, a read can be requested only once, too.
        if (!is_change) {
            return is_signed && signature_version(request) == "2"
                       ? refuse_replay(orchestrator_, request)
                       : std::nullopt;
        }
        // A server that was suspended would otherwise undo what its caller has done since it gave
        // up.
        if (call.body->sender_has_gone()) {
            return problem(request, ProblemKind::kRequestTimeout,
                           "The caller closed the connection before the request was carried out; "
                           "nothing changed.");
        }
        if (!is_signed) return std::nullopt;
        return refuse_replay(orchestrator_, request);
    }

private:
    StreamOrchestrator& orchestrator_;
};

}  // namespace

std::unique_ptr<Filter> make_changes_filter(StreamOrchestrator& orchestrator) {
    return std::make_unique<ChangesFilter>(orchestrator);
}

}  // namespace rescuestream::server
