#pragma once

#include <memory>

#include "admin/admin_api.hpp"
#include "connection.hpp"

namespace rescuestream::cli {

/// Opens the library or the server, whichever `connection` names. Does not migrate a database,
/// except that of `memory:`, which is always new.
Result<std::unique_ptr<AdminApi>> open_admin(const Connection& connection);

}  // namespace rescuestream::cli
