#pragma once

#include "context.hpp"
#include "http/message.hpp"

// Handlers of the routes about stream keys; see table.hpp.
namespace rescuestream::server {

HttpResponse list_stream_keys(const Context& context, const HttpRequest& request);
HttpResponse create_stream_key(const Context& context, const HttpRequest& request);
HttpResponse show_stream_key(const Context& context, const HttpRequest& request);
HttpResponse update_stream_key(const Context& context, const HttpRequest& request);
HttpResponse delete_stream_key(const Context& context, const HttpRequest& request);
HttpResponse revoke_stream_key(const Context& context, const HttpRequest& request);
HttpResponse disable_stream_key(const Context& context, const HttpRequest& request);
HttpResponse enable_stream_key(const Context& context, const HttpRequest& request);
HttpResponse rotate_stream_key(const Context& context, const HttpRequest& request);

}  // namespace rescuestream::server
