#pragma once

#include "http_client.hpp"
#include "rescuestream/result.hpp"

namespace rescuestream::cli {

/// The error that an answer with another status than 2xx stands for: its problem details
/// (RFC 9457), or its status alone when the body is something else.
Error problem_error(const HttpReply& reply);

}  // namespace rescuestream::cli
