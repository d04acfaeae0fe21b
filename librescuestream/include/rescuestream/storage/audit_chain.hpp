#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "rescuestream/audit_chain.hpp"
#include "rescuestream/result.hpp"

namespace rescuestream {

/// The part of a Storage that keeps the seals of the audit log. Writing an entry does not touch
/// them: entries are sealed afterwards, in the background.
///
/// `Storage` documents what applies to every method (atomicity, errors, thread-safety).
class AuditChainStorage {
public:
    /// Returns the newest seal and the first entries that are in no seal, at most `limit`. Entries
    /// are searched from `overlap` before the last place that was sealed, because transactions are
    /// not committed in the order of their times. Later than `until`, or invalid: left out.
    virtual Result<AuditTail> audit_tail(std::chrono::microseconds overlap, Timestamp until,
                                         std::size_t limit) = 0;
    /// Adds a seal. kConflict: its number or its predecessor is not the next one; another program
    /// was faster. With `cut_number` it also deletes all seals up to it and their entries.
    virtual Result<void> append_audit_seal(const AuditSeal& seal) = 0;
    /// Returns seals with a greater number than `after`, at most `limit`.
    virtual Result<std::vector<AuditSeal>> audit_seals(std::int64_t after, std::size_t limit) = 0;
    /// Returns those of these entries that exist, in any order; of an invalid row only the id, and
    /// the time if it can be read.
    virtual Result<std::vector<AuditEntry>> find_audit_entries(
        const std::vector<AuditEntryId>& ids) = 0;
    /// Returns the ids of entries by (time, id), after a place.
    virtual Result<std::vector<Cursor>> audit_places(const Cursor& after, std::size_t limit) = 0;
    /// Returns rows without such a place, in any order, at most `limit`: another program has
    /// written a time or an id that cannot be read. Empty: the id cannot.
    virtual Result<std::vector<std::optional<AuditEntryId>>> misplaced_audit_rows(
        std::size_t limit) = 0;

protected:
    ~AuditChainStorage() = default;  // Owned as a Storage.
};

}  // namespace rescuestream
