#pragma once

#include "router.hpp"

namespace rescuestream::server {

/// Returns every route of the HTTP API.
const Routes& api_routes();

}  // namespace rescuestream::server
