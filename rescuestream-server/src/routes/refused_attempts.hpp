#pragma once

#include "context.hpp"
#include "http/message.hpp"

namespace rescuestream::server {

HttpResponse list_refused_attempts(const Context& context, const HttpRequest& request);

}  // namespace rescuestream::server
