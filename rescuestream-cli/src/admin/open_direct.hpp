#pragma once

#include <memory>

#include "admin/admin_api.hpp"
#include "connection.hpp"

namespace rescuestream::cli {

/// Opens database and media server. kInvalidArgument names the setting; kUnavailable when the
/// database cannot be reached; kConflict when its schema is not that of this program.
Result<std::unique_ptr<AdminApi>> open_direct_admin(const DirectConnection& connection,
                                                    const Caller& caller);

}  // namespace rescuestream::cli
