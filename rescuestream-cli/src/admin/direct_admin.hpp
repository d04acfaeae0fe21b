#pragma once

#include "admin/direct_roles.hpp"

namespace rescuestream::cli {

/// Returns an AdminApi that calls the library directly, with its own connections to the database
/// and to the media server. The process itself carries out cut-offs and reports their result.
/// Without `probe` the state of nodes is unknown.
std::unique_ptr<AdminApi> make_direct_admin(const DirectAccess& access, NodeProbe probe = {});

}  // namespace rescuestream::cli
