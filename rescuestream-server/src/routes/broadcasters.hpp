#pragma once

#include "context.hpp"
#include "http/message.hpp"

// Handlers of the routes about broadcasters; see table.hpp.
namespace rescuestream::server {

HttpResponse list_broadcasters(const Context& context, const HttpRequest& request);
HttpResponse create_broadcaster(const Context& context, const HttpRequest& request);
HttpResponse show_broadcaster(const Context& context, const HttpRequest& request);
HttpResponse update_broadcaster(const Context& context, const HttpRequest& request);
HttpResponse delete_broadcaster(const Context& context, const HttpRequest& request);
HttpResponse disable_broadcaster(const Context& context, const HttpRequest& request);
HttpResponse enable_broadcaster(const Context& context, const HttpRequest& request);

}  // namespace rescuestream::server
