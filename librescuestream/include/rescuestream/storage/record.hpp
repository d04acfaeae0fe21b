#pragma once

#include "rescuestream/audit.hpp"
#include "rescuestream/records.hpp"
#include "rescuestream/result.hpp"
#include "rescuestream/secret.hpp"
#include "rescuestream/time.hpp"

namespace rescuestream {

/// The part of a Storage that keeps the audit log and the signatures of changes.
///
/// What holds for every method (atomicity, errors, thread-safety) is said at `Storage`.
class RecordStorage {
public:
    virtual Result<AuditPage> list_audit(const AuditFilter& filter) = 0;
    /// Adds an event that another program reports. What this library changes is recorded by the
    /// step that changes it.
    virtual Result<void> append_audit(const AuditEntry& entry) = 0;

    /// Keeps the digest of a signature, with `now` as the time at which it was seen, unless it is
    /// kept already. Returns the time at which it was first seen, by whichever program. It may be
    /// forgotten from `expires_at` on.
    virtual Result<Timestamp> note_signature(const KeyDigest& digest, Timestamp now,
                                             Timestamp expires_at) = 0;

protected:
    ~RecordStorage() = default;  // Owned as a Storage.
};

}  // namespace rescuestream
