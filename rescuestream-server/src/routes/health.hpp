#pragma once

#include "context.hpp"
#include "http/message.hpp"

// Handlers of the routes about health; see table.hpp.
namespace rescuestream::server {

HttpResponse show_health(const Context& context, const HttpRequest& request);
HttpResponse show_livez(const Context& context, const HttpRequest& request);
HttpResponse show_readyz(const Context& context, const HttpRequest& request);

// Their answers while the server waits for its database at start.
HttpResponse starting_health(const HttpRequest& request);
HttpResponse starting_livez(const HttpRequest& request);
HttpResponse starting_readyz(const HttpRequest& request);

}  // namespace rescuestream::server
