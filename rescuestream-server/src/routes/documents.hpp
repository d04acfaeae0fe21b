#pragma once

#include "context.hpp"
#include "http/message.hpp"

// Handlers of the routes about the API's documents; see table.hpp.
namespace rescuestream::server {

HttpResponse show_problem_page(const Context& context, const HttpRequest& request);
HttpResponse show_openapi_json(const Context& context, const HttpRequest& request);
HttpResponse show_openapi_yaml(const Context& context, const HttpRequest& request);

}  // namespace rescuestream::server
