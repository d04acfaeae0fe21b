#include "admin/open_admin.hpp"

#include "admin/http_admin.hpp"
#include "admin/open_direct.hpp"

namespace rescuestream::cli {

Result<std::unique_ptr<AdminApi>> open_admin(const Connection& connection) {
    if (connection.server) {
        return make_http_admin(*connection.server);
    }
    return open_direct_admin(*connection.direct, connection.caller);
}

}  // namespace rescuestream::cli
