#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "rescuestream/logger.hpp"
#include "rescuestream/storage/record.hpp"
#include "storage/sql/access.hpp"

namespace rescuestream::sql {

/// Keeps the audit log and the signatures of changes.
class SqlRecord : public virtual RecordStorage, private Access {
public:
    SqlRecord(Database& database, Logger& logger) : Access(database), logger_(logger) {}

    Result<AuditPage> list_audit(const AuditFilter& filter) override;
    Result<Page<AuditEntry>> export_audit(const AuditFilter& filter,
                                          const PageRequest& page) override;
    Result<void> append_audit(const AuditDraft& entry) override;
    Result<Timestamp> note_signature(const KeyDigest& digest, Timestamp now,
                                     Timestamp expires_at) override;

protected:
    ~SqlRecord() = default;  // Owned as a Storage.

private:
    // The first `count` rows, whose entries begin at `column`. Somebody may have written a row with
    // another program: it is left out, so that it does not hide the others.
    std::vector<AuditEntry> read_entries(const Rows& rows, std::size_t count, int column);

    Logger& logger_;
    std::atomic<bool> told_{false};
    std::atomic<std::uint32_t> signatures_noted_{0};
};

}  // namespace rescuestream::sql
