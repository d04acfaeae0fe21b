#pragma once

#include "rescuestream/storage/audit_chain.hpp"
#include "storage/sql/access.hpp"

namespace rescuestream::sql {

/// Keeps the seals of the audit log.
class SqlAuditChain : public virtual AuditChainStorage, private Access {
public:
    explicit SqlAuditChain(Database& database) : Access(database) {}

    Result<AuditTail> audit_tail(std::chrono::microseconds overlap, Timestamp until,
                                 std::size_t limit) override;
    Result<void> append_audit_seal(const AuditSeal& seal) override;
    Result<std::vector<AuditSeal>> audit_seals(std::int64_t after, std::size_t limit) override;
    Result<std::vector<AuditEntry>> find_audit_entries(
        const std::vector<AuditEntryId>& ids) override;
    Result<std::vector<Cursor>> audit_places(const Cursor& after, std::size_t limit) override;
    Result<std::vector<std::optional<AuditEntryId>>> misplaced_audit_rows(
        std::size_t limit) override;

protected:
    // What cannot be read is left out.
    std::vector<Cursor> places_after(Connection& connection, const Cursor& after, Timestamp until,
                                     std::size_t limit) const;
    ~SqlAuditChain() = default;  // Owned as a Storage.
};

}  // namespace rescuestream::sql
