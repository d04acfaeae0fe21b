#pragma once

#include "context.hpp"
#include "http/message.hpp"

// Handlers of the routes about guest links; see table.hpp. Those of the page for guests stand in
// watch.hpp.
namespace rescuestream::server {

HttpResponse list_guest_links(const Context& context, const HttpRequest& request);
HttpResponse create_guest_link(const Context& context, const HttpRequest& request);
HttpResponse show_guest_link(const Context& context, const HttpRequest& request);
HttpResponse update_guest_link(const Context& context, const HttpRequest& request);
HttpResponse close_guest_link(const Context& context, const HttpRequest& request);

}  // namespace rescuestream::server
