#pragma once

#include "rescuestream/audit_draft.hpp"
#include "rescuestream/broadcasters.hpp"
#include "rescuestream/ids.hpp"
#include "rescuestream/key_changes.hpp"
#include "rescuestream/paging.hpp"
#include "rescuestream/records.hpp"
#include "rescuestream/result.hpp"
#include "rescuestream/time.hpp"

namespace rescuestream {

/// The part of a Storage that keeps broadcasters, the owners of keys.
///
/// `Storage` documents what applies to every method (atomicity, errors, thread-safety). A step adds
/// the broadcaster's name to its audit entry.
class DirectoryStorage {
public:
    virtual Result<void> create_broadcaster(const Broadcaster& broadcaster,
                                            const AuditDraft& audit) = 0;
    /// kNotFound.
    virtual Result<Broadcaster> find_broadcaster(BroadcasterId id) = 0;
    /// Newest first by (created_at, id).
    virtual Result<Page<Broadcaster>> list_broadcasters(const PageRequest& page) = 0;
    /// Sets the members that `patch` gives, and `updated_at`. Returns the broadcaster after that.
    /// kNotFound: there is none with this id.
    virtual Result<Broadcaster> update_broadcaster(BroadcasterId id, const BroadcasterPatch& patch,
                                                   Timestamp now, const AuditDraft& audit) = 0;
    /// Removes the broadcaster and its keys from all lists and lookups, revokes the keys that are
    /// not revoked yet as of `now`, and writes a cut-off for every connection that holds one of
    /// them (a live claim or a reservation) or delivers a stream of one. Its streams and audit
    /// entries stay. kNotFound: no such broadcaster. kConflict: one of its streams is live and
    /// `force` is false.
    virtual Result<KeyChangeOutcome> delete_broadcaster(BroadcasterId id, bool force, Timestamp now,
                                                        const AuditDraft& audit) = 0;

    /// Disables the broadcaster and ends the claims of its keys, with a cut-off (kDisabled) for
    /// every connection as in `delete_broadcaster`; or enables it. Idempotent: if the broadcaster
    /// is in that state already, the call succeeds without a write. kNotFound: no such broadcaster.
    virtual Result<KeyChangeOutcome> set_broadcaster_disabled(BroadcasterId id, bool disabled,
                                                              Timestamp now,
                                                              const AuditDraft& audit) = 0;

protected:
    ~DirectoryStorage() = default;  // Owned as a Storage.
};

}  // namespace rescuestream
