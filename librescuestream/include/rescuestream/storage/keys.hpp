#pragma once

#include <cstddef>
#include <string>

#include "rescuestream/claims.hpp"
#include "rescuestream/ids.hpp"
#include "rescuestream/key_changes.hpp"
#include "rescuestream/paging.hpp"
#include "rescuestream/records.hpp"
#include "rescuestream/result.hpp"
#include "rescuestream/stream_keys.hpp"
#include "rescuestream/time.hpp"

namespace rescuestream {

/// The part of a Storage that keeps stream keys and carries out changes of them.
///
/// What holds for every method (atomicity, errors, thread-safety) is said at `Storage`.
class KeyStorage {
public:
    /// kNotFound: no such broadcaster, or it is not what `row` says of it. kConflict:
    /// `playback_path` belongs to a key that is not revoked. (A digest that exists is kInternal:
    /// 256 random bits do not repeat.)
    virtual Result<void> create_stream_key(const StreamKeyRow& row, const AuditEntry& audit) = 0;
    /// kNotFound.
    virtual Result<StreamKey> find_stream_key(StreamKeyId id) = 0;
    /// Newest first by (created_at, id), revoked ones too.
    virtual Result<Page<StreamKey>> list_stream_keys(const StreamKeyFilter& filter,
                                                     const PageRequest& page) = 0;
    /// Which keys of the whole list are new, changed (in any member of StreamKey) or removed since
    /// `place`, which is KeyListChanges::next of an earlier call, or empty for the whole list. A
    /// key may come again without a change. A key whose row was removed behind the storage's back
    /// is not told of; then `count` is not the number of keys that the caller has. By default the
    /// whole list each time, for backends that cannot tell changes apart.
    virtual Result<KeyListChanges> key_list_after(const std::string& place);
    /// Revokes the key as of `now`, ends its claim, and writes a cut-off for the connection that
    /// held it and for the one that delivers its stream (one, if they are the same). Idempotent: a
    /// key that is revoked already succeeds without a write. kNotFound.
    virtual Result<RevokeOutcome> revoke_stream_key(StreamKeyId id, Timestamp now,
                                                    const AuditEntry& audit) = 0;

    /// Changes a key that is not revoked. One that is disabled by it loses its claim, with cut-offs
    /// (kDisabled) as in `revoke_stream_key`. A change that changes nothing succeeds without a
    /// write. kNotFound; kConflict: it is revoked.
    virtual Result<RevokeOutcome> update_stream_key(const StreamKeyChange& change, Timestamp now,
                                                    const AuditEntry& audit) = 0;
    /// Gives a key another value. Without an overlap the claim ends, with cut-offs (kKeyRotated) as
    /// in `revoke_stream_key`; with one it stays and is marked `by_previous_value`. The value
    /// before the last rotation is void in any case. kNotFound; kConflict: it is revoked.
    virtual Result<RevokeOutcome> rotate_stream_key(const StreamKeyRotation& rotation,
                                                    Timestamp now, const AuditEntry& audit) = 0;

    /// The facts of keys that changed after `place`, as they are now, at most `limit` of them.
    /// `place` is KeyFacts::next of the previous call, or empty for all keys. A caller that repeats
    /// the call until `complete` has missed no change that was committed before the first of these
    /// calls, in whatever order changes are committed. A fact may be returned more than once.
    virtual Result<KeyFacts> key_facts_after(const std::string& place, std::size_t limit) = 0;

protected:
    ~KeyStorage() = default;  // Owned as a Storage.
};

}  // namespace rescuestream
