#include "auth/replay.hpp"

#include "auth/credentials.hpp"
#include "problem.hpp"
#include "refusals.hpp"
#include "rescuestream/stream_orchestrator.hpp"
#include "router.hpp"

namespace rescuestream::server {

std::optional<HttpResponse> refuse_replay(StreamOrchestrator& orchestrator,
                                          const HttpRequest& request) {
    // Identified by what was signed, not by how the signature was written.
    const auto use =
        orchestrator.may_use_signature(normal_signature(request.header("x-signature").value_or("")),
                                       stale_from(request.header("x-timestamp").value_or("")));
    if (!use) {
        return problem(request, ProblemKind::kUnavailable,
                       "The database cannot say whether this signature was used before; nothing "
                       "changed.");
    }
    if (*use) return std::nullopt;
    return refuse_credential(
        request, Access::kCredential,
        {{},
         "This signature was used before: sign each change again, with the current time.",
         std::nullopt});
}

}  // namespace rescuestream::server
