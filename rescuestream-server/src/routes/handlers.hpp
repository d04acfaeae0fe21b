#pragma once

#include "context.hpp"
#include "http/message.hpp"
#include "rescuestream/stream_orchestrator.hpp"

/// The handlers of the routes. Each parses the request, makes one call of the orchestrator, and
/// renders the result. They need no socket.
namespace rescuestream::server {

// media.cpp: requests and reports of the media server
void answer_auth(const Context& context, const HttpRequest& request, Respond respond);
HttpResponse source_ready(const Context& context, const HttpRequest& request);
HttpResponse source_not_ready(const Context& context, const HttpRequest& request);

// health.cpp
HttpResponse show_health(const Context& context, const HttpRequest& request);
HttpResponse show_livez(const Context& context, const HttpRequest& request);
HttpResponse show_readyz(const Context& context, const HttpRequest& request);

// streams.cpp
HttpResponse list_streams(const Context& context, const HttpRequest& request);
HttpResponse show_stream(const Context& context, const HttpRequest& request);
HttpResponse show_timeline(const Context& context, const HttpRequest& request);
HttpResponse stop_stream(const Context& context, const HttpRequest& request);

// stream_keys.cpp
HttpResponse list_stream_keys(const Context& context, const HttpRequest& request);
HttpResponse create_stream_key(const Context& context, const HttpRequest& request);
HttpResponse show_stream_key(const Context& context, const HttpRequest& request);
HttpResponse update_stream_key(const Context& context, const HttpRequest& request);
HttpResponse delete_stream_key(const Context& context, const HttpRequest& request);
HttpResponse revoke_stream_key(const Context& context, const HttpRequest& request);
HttpResponse disable_stream_key(const Context& context, const HttpRequest& request);
HttpResponse enable_stream_key(const Context& context, const HttpRequest& request);
HttpResponse rotate_stream_key(const Context& context, const HttpRequest& request);

// broadcasters.cpp
HttpResponse list_broadcasters(const Context& context, const HttpRequest& request);
HttpResponse create_broadcaster(const Context& context, const HttpRequest& request);
HttpResponse show_broadcaster(const Context& context, const HttpRequest& request);
HttpResponse update_broadcaster(const Context& context, const HttpRequest& request);
HttpResponse delete_broadcaster(const Context& context, const HttpRequest& request);
HttpResponse disable_broadcaster(const Context& context, const HttpRequest& request);
HttpResponse enable_broadcaster(const Context& context, const HttpRequest& request);

// nodes.cpp
HttpResponse list_nodes(const Context& context, const HttpRequest& request);
HttpResponse create_node(const Context& context, const HttpRequest& request);
HttpResponse show_node(const Context& context, const HttpRequest& request);
HttpResponse update_node(const Context& context, const HttpRequest& request);
HttpResponse enforce_node(const Context& context, const HttpRequest& request);
HttpResponse delete_node(const Context& context, const HttpRequest& request);

// audit.cpp
HttpResponse list_audit_logs(const Context& context, const HttpRequest& request);
HttpResponse create_audit_event(const Context& context, const HttpRequest& request);

// documents.cpp
HttpResponse show_problem_page(const Context& context, const HttpRequest& request);
HttpResponse show_openapi_json(const Context& context, const HttpRequest& request);
HttpResponse show_openapi_yaml(const Context& context, const HttpRequest& request);

}  // namespace rescuestream::server
