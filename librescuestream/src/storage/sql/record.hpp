#pragma once

#include <atomic>
#include <cstdint>

#include "rescuestream/storage/record.hpp"
#include "storage/sql/access.hpp"

namespace rescuestream::sql {

/// Keeps the audit log and the signatures of changes.
class SqlRecord : public virtual RecordStorage, private Access {
public:
    explicit SqlRecord(Database& database) : Access(database) {}

    Result<AuditPage> list_audit(const AuditFilter& filter) override;
    Result<Page<AuditEntry>> export_audit(const AuditFilter& filter,
                                          const PageRequest& page) override;
    Result<void> append_audit(const AuditDraft& entry) override;
    Result<Timestamp> note_signature(const KeyDigest& digest, Timestamp now,
                                     Timestamp expires_at) override;

protected:
    ~SqlRecord() = default;  // Owned as a Storage.

private:
    std::atomic<std::uint32_t> signatures_noted_{0};
};

}  // namespace rescuestream::sql
