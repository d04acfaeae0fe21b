#pragma once

#include "rescuestream/audit.hpp"
#include "rescuestream/audit_chain.hpp"
#include "rescuestream/result.hpp"

namespace rescuestream::cli {

/// The operations on the audit log; see AdminApi.
class AuditApi {
public:
    virtual ~AuditApi() = default;

    virtual Result<AuditPage> list_audit(const AuditFilter& filter) = 0;
    virtual Result<Page<AuditEntry>> export_audit(const AuditFilter& filter,
                                                  const PageRequest& page) = 0;
    /// kUnsupported over HTTP: a server that was taken over could answer anything.
    virtual Result<AuditCheckpoint> audit_checkpoint() = 0;
    virtual Result<AuditVerification> verify_audit(const std::optional<AuditCheckpoint>& checkpoint,
                                                   const AuditProgress& progress) = 0;
};

}  // namespace rescuestream::cli
