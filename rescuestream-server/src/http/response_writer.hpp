#pragma once

#include <string>

#include "http/message.hpp"

namespace rescuestream::server {

/// The bytes of an answer in HTTP/1.1. `for_head`: without its body, whose length is told all the
/// same. `closes`: tells that the connection ends behind it. A header that would not be one line is
/// left out. Source: RFC 9112 sections 4 and 6, RFC 9110 section 6.6.1 (Date).
std::string write_response(const HttpResponse& response, bool for_head, bool closes);

}  // namespace rescuestream::server
