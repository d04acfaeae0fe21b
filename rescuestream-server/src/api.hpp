#pragma once

#include "application.hpp"
#include "filters/list.hpp"

namespace rescuestream::server {

/// Returns the HTTP API: all routes and all filters. The arguments must outlive it.
Application make_api(const Context& context, Observers observers = {});

/// Returns what answers while the server waits for its database at start: the probes say so, and
/// every other request gets 503 with Retry-After, so that no publisher is accepted. The arguments
/// must outlive it; `tracer` may be null.
Application make_starting_api(const Settings& settings, Logger& logger, Tracer* tracer,
                              Observers observers = {});

}  // namespace rescuestream::server
