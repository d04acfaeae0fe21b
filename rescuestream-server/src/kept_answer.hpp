#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "http/message.hpp"

namespace rescuestream::server {

/// Returns all of a response that a repeated request gets again: status, media type, `Location`,
/// `ETag`, `RescueStream-Cutoff` and body.
std::string keep_answer(const HttpResponse& response);

/// Returns the response; empty: the text is not one of `keep_answer`.
std::optional<HttpResponse> read_answer(std::string_view kept);

}  // namespace rescuestream::server
