#pragma once

#include <string>

#include "http/connection.hpp"
#include "http/message.hpp"

namespace rescuestream::server {

/// The bytes of the answer to what `connection` has read, as its head asks for them: whether the
/// connection is kept, and no body for HEAD. Without memory it is a bare 503.
std::string write_answer(Connection& connection, HttpResponse response, bool for_head) noexcept;

}  // namespace rescuestream::server
