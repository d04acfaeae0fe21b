#pragma once

#include <cstddef>
#include <string>

#include "rescuestream/audit_draft.hpp"
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
/// `Storage` documents what applies to every method (atomicity, errors, thread-safety).
///
/// A step that changes one key adds names for readers to the metadata of its audit entry:
/// `broadcaster_name`, `key_name` (the label, or else the playback path) and `playback_path`, as
/// they are in the step's transaction before the change. Key values in them are masked.
class KeyStorage {
public:
    /// Creates a key and returns it; `broadcaster_disabled` is as its broadcaster is. A key with a
    /// priority may share its `playback_path` with keys of its broadcaster that all have one.
    /// kNotFound: no such broadcaster. kConflict: another key that is not revoked has this
    /// `playback_path`, and they may not share it (rules::may_share); the error names the member.
    /// kInternal: the digest exists already (256 random bits do not repeat).
    virtual Result<StreamKey> create_stream_key(const StreamKeyRow& row,
                                                const AuditDraft& audit) = 0;
    /// kNotFound.
    virtual Result<StreamKey> find_stream_key(StreamKeyId id) = 0;
    /// Newest first by (created_at, id), including revoked keys.
    virtual Result<Page<StreamKey>> list_stream_keys(const StreamKeyFilter& filter,
                                                     const PageRequest& page) = 0;
    /// Returns which keys of the whole list were added, changed (in any member of StreamKey) or
    /// removed since `place`, which is KeyListChanges::next of an earlier call, or empty for the
    /// whole list. A key may be returned again without a change. A key whose row was deleted by
    /// other means than this interface is not returned; then `count` differs from the number of
    /// keys that the caller has. The default implementation returns the whole list each time, for
    /// backends that cannot detect changes.
    virtual Result<KeyListChanges> key_list_after(const std::string& place);
    /// Revokes the key as of `now`, ends its claim, and writes a cut-off for the connection that
    /// held it and for the one that delivers its stream (one, if they are the same). Idempotent: if
    /// the key is revoked already, the call succeeds without a write. kNotFound: no such key.
    virtual Result<KeyChangeOutcome> revoke_stream_key(StreamKeyId id, Timestamp now,
                                                       const AuditDraft& audit) = 0;

    /// Changes the given members of a key that is not revoked, and no other. If the change disables
    /// the key, its claim ends, with cut-offs (kDisabled) as in `revoke_stream_key`. A change
    /// without an effect succeeds without a write. kNotFound: no such key. kConflict: it is
    /// revoked; or a `playback_path` is given, and another key that is not revoked has it, or the
    /// key is in use or has a priority; or the priority is reset while the key shares its path.
    virtual Result<KeyChangeOutcome> update_stream_key(const StreamKeyChange& change, Timestamp now,
                                                       const AuditDraft& audit) = 0;
    /// Replaces the value of a key. Without an overlap the claim ends, with cut-offs (kKeyRotated)
    /// as in `revoke_stream_key`; with an overlap it stays and is marked `by_previous_value`. A
    /// value from before an earlier rotation becomes invalid in any case. kNotFound: no such key.
    /// kConflict: it is revoked.
    virtual Result<KeyChangeOutcome> rotate_stream_key(const StreamKeyRotation& rotation,
                                                       Timestamp now, const AuditDraft& audit) = 0;

    /// Returns the present facts of keys that changed after `place`, at most `limit` of them.
    /// `place` is KeyFacts::next of the previous call, or empty for all keys. A caller that repeats
    /// the call until `complete` has missed no change that was committed before the first of these
    /// calls, in whatever order changes are committed. A fact may be returned more than once.
    virtual Result<KeyFacts> key_facts_after(const std::string& place, std::size_t limit) = 0;

protected:
    ~KeyStorage() = default;  // Owned as a Storage.
};

}  // namespace rescuestream
