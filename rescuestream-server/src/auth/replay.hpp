#pragma once

#include <optional>

#include "http/message.hpp"

namespace rescuestream {
class StreamOrchestrator;
}

namespace rescuestream::server {

/// Returns the refusal of a signed change that was carried out before, or of a request with a nonce
/// that was used before: 401, or 503 while that cannot be determined. Precondition: the signature
/// is valid.
std::optional<HttpResponse> refuse_replay(StreamOrchestrator& orchestrator,
                                          const HttpRequest& request);

}  // namespace rescuestream::server
