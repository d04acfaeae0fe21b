#pragma once

#include "rescuestream/storage/record.hpp"
#include "storage/memory/state.hpp"

namespace rescuestream::memory {

/// Keeps the audit log and the signatures of changes.
class MemoryRecord : public virtual RecordStorage {
public:
    explicit MemoryRecord(MemoryState& state) : state_(state) {}

    Result<AuditPage> list_audit(const AuditFilter& filter) override;
    Result<Page<AuditEntry>> export_audit(const AuditFilter& filter,
                                          const PageRequest& page) override;
    Result<void> append_audit(const AuditDraft& entry) override;
    Result<Timestamp> note_signature(const KeyDigest& digest, Timestamp now,
                                     Timestamp expires_at) override;

protected:
    ~MemoryRecord() = default;  // Owned as a Storage.

private:
    MemoryState& state_;
};

}  // namespace rescuestream::memory
