#pragma once

#include "context.hpp"
#include "http/message.hpp"

// Handlers of the routes about the audit log; see table.hpp.
namespace rescuestream::server {

HttpResponse list_audit_logs(const Context& context, const HttpRequest& request);
HttpResponse export_audit_logs(const Context& context, const HttpRequest& request);
HttpResponse create_audit_event(const Context& context, const HttpRequest& request);

}  // namespace rescuestream::server
