#pragma once

#include "context.hpp"
#include "http/message.hpp"

// Handlers of the media server's requests and reports; see table.hpp. MediaMTX waits for the answer
// of /auth before it does anything else for the connection, so they do only what is necessary.
namespace rescuestream::server {

void answer_auth(const Context& context, const HttpRequest& request, Respond respond);
HttpResponse source_ready(const Context& context, const HttpRequest& request);
HttpResponse source_not_ready(const Context& context, const HttpRequest& request);

}  // namespace rescuestream::server
