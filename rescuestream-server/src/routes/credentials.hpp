#pragma once

#include "context.hpp"
#include "http/message.hpp"

// Handlers of the routes about credentials of callers; see table.hpp.
namespace rescuestream::server {

HttpResponse list_credentials(const Context& context, const HttpRequest& request);
HttpResponse create_credential(const Context& context, const HttpRequest& request);
HttpResponse show_credential(const Context& context, const HttpRequest& request);
HttpResponse update_credential(const Context& context, const HttpRequest& request);
HttpResponse delete_credential(const Context& context, const HttpRequest& request);
HttpResponse rotate_credential(const Context& context, const HttpRequest& request);
HttpResponse revoke_credential(const Context& context, const HttpRequest& request);
HttpResponse create_session(const Context& context, const HttpRequest& request);
HttpResponse end_session(const Context& context, const HttpRequest& request);
/// Shows who calls, and what the caller may do.
HttpResponse show_caller(const Context& context, const HttpRequest& request);

}  // namespace rescuestream::server
