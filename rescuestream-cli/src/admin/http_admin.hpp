#pragma once

#include "admin/admin_api.hpp"
#include "admin/http_broadcasters.hpp"
#include "admin/http_caller.hpp"
#include "admin/http_keys.hpp"
#include "admin/http_nodes.hpp"
#include "admin/http_streams.hpp"

namespace rescuestream::cli {

/// Sends every operation to a rescuestream-server by its HTTP API. The caller is the first base
/// class, because the others refer to it.
class HttpAdmin final : private HttpCaller,
                        public AdminApi,
                        public HttpBroadcasters,
                        public HttpKeys,
                        public HttpStreams,
                        public HttpNodes {
public:
    explicit HttpAdmin(ServerConnection server, const Clock& clock = system_clock());

    Result<AuditPage> list_audit(const AuditFilter& filter) override;
    Result<SchemaReport> schema_status() override;
    Result<SchemaReport> migrate(std::optional<int> target) override;
    Result<HealthReport> health() override;
    Timestamp now() const override { return time(); }

private:
    HttpCaller& caller() noexcept { return *this; }
};

}  // namespace rescuestream::cli
