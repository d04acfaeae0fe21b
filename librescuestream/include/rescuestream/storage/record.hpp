#pragma once

#include "rescuestream/audit.hpp"
#include "rescuestream/audit_draft.hpp"
#include "rescuestream/paging.hpp"
#include "rescuestream/records.hpp"
#include "rescuestream/result.hpp"
#include "rescuestream/secret.hpp"
#include "rescuestream/time.hpp"

namespace rescuestream {

/// The part of a Storage that keeps the audit log and the signatures of changes.
///
/// `Storage` documents what applies to every method (atomicity, errors, thread-safety).
class RecordStorage {
public:
    /// At most kMostCountedEntries matches are counted, so that a search does not read all of them.
    virtual Result<AuditPage> list_audit(const AuditFilter& filter) = 0;
    /// Returns the entries that match, newest first by (timestamp, id); the filter's `limit` and
    /// `offset` are ignored.
    virtual Result<Page<AuditEntry>> export_audit(const AuditFilter& filter,
                                                  const PageRequest& page) = 0;
    /// Adds an event that another program reports. Changes that this library makes are recorded by
    /// the step that makes them.
    virtual Result<void> append_audit(const AuditDraft& entry) = 0;

    /// Stores the digest of a signature with `now` as the time at which it was seen, unless it is
    /// stored already. Returns the time at which any program first saw it. The storage may delete
    /// it from `expires_at` on.
    virtual Result<Timestamp> note_signature(const KeyDigest& digest, Timestamp now,
                                             Timestamp expires_at) = 0;

protected:
    ~RecordStorage() = default;  // Owned as a Storage.
};

}  // namespace rescuestream
