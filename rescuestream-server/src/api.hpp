#pragma once

#include "application.hpp"
#include "filters/list.hpp"

namespace rescuestream::server {

/// Returns the HTTP API: all of its routes behind all of its filters. Everything given must outlive
/// it.
Application make_api(const Context& context, Observers observers = {});

}  // namespace rescuestream::server
