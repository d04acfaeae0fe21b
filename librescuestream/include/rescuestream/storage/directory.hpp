#pragma once

#include "rescuestream/ids.hpp"
#include "rescuestream/key_changes.hpp"
#include "rescuestream/paging.hpp"
#include "rescuestream/records.hpp"
#include "rescuestream/result.hpp"
#include "rescuestream/time.hpp"

namespace rescuestream {

/// The part of a Storage that keeps broadcasters, the owners of keys.
///
/// What holds for every method (atomicity, errors, thread-safety) is said at `Storage`.
class DirectoryStorage {
public:
    virtual Result<void> create_broadcaster(const Broadcaster& broadcaster,
                                            const AuditEntry& audit) = 0;
    /// kNotFound.
    virtual Result<Broadcaster> find_broadcaster(BroadcasterId id) = 0;
    /// Newest first by (created_at, id).
    virtual Result<Page<Broadcaster>> list_broadcasters(const PageRequest& page) = 0;
    /// Replaces display_name, metadata, updated_at of the one with this id. kNotFound.
    virtual Result<void> update_broadcaster(const Broadcaster& broadcaster,
                                            const AuditEntry& audit) = 0;
    /// Takes the broadcaster and its keys out of every list and every look-up, revokes those keys
    /// that were not revoked, as of `now`, and writes a cut-off for every connection that holds one
    /// (a claim that is live, or a reservation) or delivers a stream of one. Its streams and audit
    /// entries stay. kNotFound; kConflict when one of its streams is live and not `force`.
    virtual Result<RevokeOutcome> delete_broadcaster(BroadcasterId id, bool force, Timestamp now,
                                                     const AuditEntry& audit) = 0;

    /// Disables the broadcaster and ends the claims of its keys, with a cut-off (kDisabled) for
    /// every connection as in `delete_broadcaster`; or enables it. Idempotent: a broadcaster that
    /// is in that state already succeeds without a write. kNotFound.
    virtual Result<RevokeOutcome> set_broadcaster_disabled(BroadcasterId id, bool disabled,
                                                           Timestamp now,
                                                           const AuditEntry& audit) = 0;

protected:
    ~DirectoryStorage() = default;  // Owned as a Storage.
};

}  // namespace rescuestream
