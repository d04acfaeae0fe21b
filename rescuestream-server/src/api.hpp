#pragma once

#include "application.hpp"
#include "filters/list.hpp"

namespace rescuestream::server {

/// Returns the HTTP API: all routes and all filters. The arguments must outlive it.
Application make_api(const Context& context, Observers observers = {});

}  // namespace rescuestream::server
