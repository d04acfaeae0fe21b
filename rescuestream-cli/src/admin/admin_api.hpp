#pragma once

#include "admin/broadcaster_api.hpp"
#include "admin/health_api.hpp"
#include "admin/key_api.hpp"
#include "admin/node_api.hpp"
#include "admin/schema_api.hpp"
#include "admin/stream_api.hpp"
#include "rescuestream/audit.hpp"
#include "rescuestream/result.hpp"
#include "rescuestream/time.hpp"

namespace rescuestream::cli {

/// The operations behind the commands: records in, records out, whether the library does the work
/// directly or a server does it over HTTP. It is composed of one interface for each noun. Errors
/// are those of StreamOrchestrator; over HTTP also kUnauthorized.
///
/// Thread-safety: none; used from one thread.
class AdminApi : public virtual BroadcasterApi,
                 public virtual KeyApi,
                 public virtual StreamApi,
                 public virtual NodeApi,
                 public virtual SchemaApi,
                 public HealthApi {
public:
    virtual ~AdminApi() = default;

    virtual Result<AuditPage> list_audit(const AuditFilter& filter) = 0;

    /// Returns the time at which the status of keys is judged.
    virtual Timestamp now() const = 0;
};

}  // namespace rescuestream::cli
