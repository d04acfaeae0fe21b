#pragma once

#include "rescuestream/audit.hpp"
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
    virtual Result<AuditPage> list_audit(const AuditFilter& filter) = 0;
    /// Adds an event that another program reports. Changes that this library makes are recorded by
    /// the step that makes them.
    virtual Result<void> append_audit(const AuditEntry& entry) = 0;

    /// Stores the digest of a signature with `now` as the time at which it was seen, unless it is
    /// stored already. Returns the time at which any program first saw it. The storage may delete
    /// it from `expires_at` on.
    virtual Result<Timestamp> note_signature(const KeyDigest& digest, Timestamp now,
                                             Timestamp expires_at) = 0;

protected:
    ~RecordStorage() = default;  // Owned as a Storage.
};

}  // namespace rescuestream
