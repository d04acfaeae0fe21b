#pragma once

#include <memory>

#include "admin/admin_api.hpp"
#include "connection.hpp"

namespace rescuestream::cli {

/// Opens the database and the media server. kInvalidArgument names the setting; kUnavailable: the
/// database cannot be reached; kConflict: its schema version differs from this program's.
Result<std::unique_ptr<AdminApi>> open_direct_admin(const DirectConnection& connection,
                                                    const Caller& caller);

}  // namespace rescuestream::cli
