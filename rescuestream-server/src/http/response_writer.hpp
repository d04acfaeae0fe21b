#pragma once

#include <string>

#include "http/message.hpp"

namespace rescuestream::server {

/// Returns the bytes of an HTTP/1.1 response. With `for_head` the body is left out, but its length
/// is stated. With `closes` the response says that the connection is closed after it. A header that
/// is not a single valid line is left out. Source: RFC 9112 sections 4 and 6, RFC 9110 section
/// 6.6.1 (Date).
std::string write_response(const HttpResponse& response, bool for_head, bool closes);

}  // namespace rescuestream::server
