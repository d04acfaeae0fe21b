#pragma once

#include "http/connection.hpp"
#include "http/message.hpp"
#include "http/response_writer.hpp"

namespace rescuestream::server {

/// Returns the bytes of the response to the request that `connection` has read. The head of that
/// request decides whether the connection is kept open; a HEAD request gets no body. Returns a bare
/// 503 when there is no memory.
ResponseBytes write_answer(Connection& connection, HttpResponse response, bool for_head) noexcept;

}  // namespace rescuestream::server
