// Sees to it that a change which an administrator asks for is carried out for somebody who still
// waits for it, and that a signed one is carried out once. It stands behind the filters that judge
// credential and body: what they refuse uses up no signature.

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
        if (call.route->access != Access::kAdmin || !is_change) return std::nullopt;
        // A server that was held up would undo what its caller, tired of waiting, has done since.
        if (call.body->sender_has_gone()) {
            return problem(
                request, ProblemKind::kRequestTimeout,
                "The caller hung up before the request was carried out; nothing changed.");
        }
        if (!request.has_header("x-signature")) return std::nullopt;
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
