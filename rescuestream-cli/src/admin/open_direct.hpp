#pragma once

#include <memory>

#include "admin/admin_api.hpp"
#include "connection.hpp"
#include "rescuestream/media_server.hpp"

namespace rescuestream::cli {

/// Opens the database and the media server. kInvalidArgument names the setting; kUnavailable: the
/// database cannot be reached; kConflict: its schema version differs from this program's.
Result<std::unique_ptr<AdminApi>> open_direct_admin(const DirectConnection& connection,
                                                    const Caller& caller);

/// Returns a client of the node's media server, with the credential that its owner or this
/// installation set. Does not connect.
Result<std::unique_ptr<MediaServer>> open_node(const DirectConnection& connection,
                                               const NodeStatus& status);

}  // namespace rescuestream::cli
