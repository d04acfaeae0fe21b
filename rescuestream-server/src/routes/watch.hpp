#pragma once

#include "context.hpp"
#include "http/message.hpp"

// Handlers of the page that a guest link opens; see table.hpp.
namespace rescuestream::server {

HttpResponse show_guest_page(const Context& context, const HttpRequest& request);
HttpResponse take_guest_pin(const Context& context, const HttpRequest& request);

}  // namespace rescuestream::server
