#pragma once

#include "context.hpp"
#include "http/message.hpp"

// Handlers of the routes about streams; see table.hpp.
namespace rescuestream::server {

HttpResponse list_streams(const Context& context, const HttpRequest& request);
HttpResponse show_stream(const Context& context, const HttpRequest& request);
HttpResponse show_timeline(const Context& context, const HttpRequest& request);
HttpResponse stop_stream(const Context& context, const HttpRequest& request);

}  // namespace rescuestream::server
