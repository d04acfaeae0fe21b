#pragma once

#include <memory>

#include "admin/admin_api.hpp"
#include "connection.hpp"

namespace rescuestream::cli {

/// The library or the server, as `connection` says. Does not migrate a database, but that of
/// `memory:`, which is always new.
Result<std::unique_ptr<AdminApi>> open_admin(const Connection& connection);

}  // namespace rescuestream::cli
