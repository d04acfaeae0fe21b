#pragma once

#include "context.hpp"
#include "http/message.hpp"

// Handlers of the routes about incidents; see table.hpp.
namespace rescuestream::server {

HttpResponse list_incidents(const Context& context, const HttpRequest& request);
HttpResponse create_incident(const Context& context, const HttpRequest& request);
HttpResponse show_incident(const Context& context, const HttpRequest& request);
HttpResponse update_incident(const Context& context, const HttpRequest& request);
HttpResponse close_incident(const Context& context, const HttpRequest& request);
HttpResponse reopen_incident(const Context& context, const HttpRequest& request);
HttpResponse assign_to_incident(const Context& context, const HttpRequest& request);
HttpResponse take_from_incident(const Context& context, const HttpRequest& request);
HttpResponse report_incident(const Context& context, const HttpRequest& request);

}  // namespace rescuestream::server
