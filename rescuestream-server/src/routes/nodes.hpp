#pragma once

#include "context.hpp"
#include "http/message.hpp"

// Handlers of the routes about nodes; see table.hpp.
namespace rescuestream::server {

HttpResponse list_nodes(const Context& context, const HttpRequest& request);
HttpResponse create_node(const Context& context, const HttpRequest& request);
HttpResponse show_node(const Context& context, const HttpRequest& request);
HttpResponse update_node(const Context& context, const HttpRequest& request);
HttpResponse enforce_node(const Context& context, const HttpRequest& request);
HttpResponse delete_node(const Context& context, const HttpRequest& request);

}  // namespace rescuestream::server
