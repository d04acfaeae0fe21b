#pragma once

#include "context.hpp"
#include "http/message.hpp"

// Handlers of the routes about health; see table.hpp.
namespace rescuestream::server {

HttpResponse show_health(const Context& context, const HttpRequest& request);
HttpResponse show_livez(const Context& context, const HttpRequest& request);
HttpResponse show_readyz(const Context& context, const HttpRequest& request);

}  // namespace rescuestream::server
