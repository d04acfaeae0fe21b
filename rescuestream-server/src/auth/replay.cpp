#include "auth/replay.hpp"

#include "auth/credentials.hpp"
#include "problem.hpp"
#include "refusals.hpp"
#include "rescuestream/stream_orchestrator.hpp"
#include "router.hpp"

namespace rescuestream::server {

namespace {

HttpResponse cannot_say(const HttpRequest& request) {
    return problem(request, ProblemKind::kUnavailable,
                   "The database cannot say whether this signature was used before; nothing "
                   "changed.");
}

HttpResponse used_before(const HttpRequest& request, std::string_view why) {
    return refuse_credential(request, Access::kCredential, {{}, why, std::nullopt});
}

std::optional<HttpResponse> refuse_nonce(StreamOrchestrator& orchestrator,
                                         const HttpRequest& request) {
    // A nonce belongs to the credential that uses it.
    const std::string nonce = std::string(request.header("x-api-key").value_or(""))
                                  .append("\n")
                                  .append(request.header("x-nonce").value_or(""));
    const auto is_new =
        orchestrator.may_use_nonce(nonce, stale_from(request.header("x-timestamp").value_or("")));
    if (!is_new) return cannot_say(request);
    if (*is_new) return std::nullopt;
    return used_before(request, "X-Nonce was used before: use another one for each request.");
}

}  // namespace

std::optional<HttpResponse> refuse_replay(StreamOrchestrator& orchestrator,
                                          const HttpRequest& request) {
    if (signature_version(request) == "2") return refuse_nonce(orchestrator, request);
    // Identified by what was signed, not by how the signature was written.
    const auto use =
        orchestrator.may_use_signature(normal_signature(request.header("x-signature").value_or("")),
                                       stale_from(request.header("x-timestamp").value_or("")));
    if (!use) return cannot_say(request);
    if (*use) return std::nullopt;
    return used_before(
        request, "This signature was used before: sign each change again, with the current time.");
}

}  // namespace rescuestream::server
