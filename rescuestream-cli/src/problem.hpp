#pragma once

#include "http_client.hpp"
#include "rescuestream/result.hpp"

namespace rescuestream::cli {

/// Returns the error for an answer with a status other than 2xx, from its problem details (RFC
/// 9457), or from its status alone when the body is something else.
Error problem_error(const HttpReply& reply);

}  // namespace rescuestream::cli
