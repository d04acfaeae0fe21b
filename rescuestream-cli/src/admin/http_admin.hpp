#pragma once

#include <memory>

#include "admin/admin_api.hpp"
#include "connection.hpp"
#include "rescuestream/time.hpp"

namespace rescuestream::cli {

/// Returns an AdminApi that sends every operation to a rescuestream-server by its HTTP API. `clock`
/// must outlive it.
std::unique_ptr<AdminApi> make_http_admin(ServerConnection server,
                                          const Clock& clock = system_clock());

}  // namespace rescuestream::cli
