#pragma once

#include "rescuestream/audit.hpp"
#include "rescuestream/result.hpp"

namespace rescuestream::cli {

/// The operations on the audit log; see AdminApi.
class AuditApi {
public:
    virtual ~AuditApi() = default;

    virtual Result<AuditPage> list_audit(const AuditFilter& filter) = 0;
};

}  // namespace rescuestream::cli
