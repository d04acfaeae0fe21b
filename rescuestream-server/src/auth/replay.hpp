#pragma once

#include <optional>

#include "http/message.hpp"

namespace rescuestream {
class StreamOrchestrator;
}

namespace rescuestream::server {

/// The refusal of a signed change that was carried out before: 401, or 503 while nobody can know.
/// Precondition: the signature is good.
std::optional<HttpResponse> refuse_replay(StreamOrchestrator& orchestrator,
                                          const HttpRequest& request);

}  // namespace rescuestream::server
