#pragma once

#include "rescuestream/storage/audit_chain.hpp"
#include "storage/memory/state.hpp"

namespace rescuestream::memory {

/// Keeps the seals of the audit log.
class MemoryAuditChain : public virtual AuditChainStorage {
public:
    explicit MemoryAuditChain(MemoryState& state) : state_(state) {}

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
    ~MemoryAuditChain() = default;  // Owned as a Storage.

private:
    MemoryState& state_;
};

}  // namespace rescuestream::memory
