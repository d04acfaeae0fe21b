#pragma once

#include "router.hpp"

namespace rescuestream::server {

HttpResponse list_viewers(const Context& context, const HttpRequest& request);
HttpResponse list_viewers_of_stream(const Context& context, const HttpRequest& request);
HttpResponse show_viewer(const Context& context, const HttpRequest& request);
HttpResponse delete_viewer(const Context& context, const HttpRequest& request);

}  // namespace rescuestream::server
