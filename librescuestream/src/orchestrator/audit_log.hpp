#pragma once

#include <string_view>

#include "orchestrator/request_dependencies.hpp"
#include "rescuestream/audit.hpp"
#include "rescuestream/caller.hpp"
#include "rescuestream/paging.hpp"
#include "rescuestream/records.hpp"
#include "rescuestream/result.hpp"
#include "rescuestream/time.hpp"

namespace rescuestream {

/// The methods of StreamOrchestrator about the audit log and signatures; its header documents them.
///
/// Thread-safety: all methods may be called from any thread.
class AuditLog {
public:
    explicit AuditLog(const RequestDependencies& dependencies) : d_(dependencies) {}

    Result<AuditPage> list_audit(const AuditFilter& filter, const ApiCredential* reader);
    Result<Page<AuditEntry>> export_audit(const AuditFilter& filter, const PageRequest& page,
                                          const ApiCredential* reader);
    Result<AuditEntry> record_audit_event(const NewAuditEvent& input, const Caller& caller);
    Result<bool> may_use_signature(std::string_view signature, Timestamp expires_at);

private:
    const RequestDependencies d_;
};

}  // namespace rescuestream
