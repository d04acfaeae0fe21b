#pragma once

#include <optional>
#include <string>
#include <vector>

#include "rescuestream/audit_draft.hpp"
#include "rescuestream/ids.hpp"
#include "rescuestream/records.hpp"
#include "rescuestream/result.hpp"
#include "rescuestream/time.hpp"

namespace rescuestream {

/// The part of a Storage that keeps the connections that must be removed from media servers.
///
/// `Storage` documents what applies to every method (atomicity, errors, thread-safety).
class CutoffStorage {
public:
    /// Ends the claim of the stream's key if it belongs to the stream's connection, writes a
    /// cut-off with `cause` for that connection, and refuses the key's publishers until
    /// `block_until`, if that is given. Idempotent: a stream that has ended succeeds with an empty
    /// list; its key is blocked only if it ended after `now`, the decision. kNotFound: none such.
    virtual Result<std::vector<Cutoff>> begin_stop(StreamId id, EndCause cause,
                                                   std::optional<Timestamp> block_until,
                                                   Timestamp now, const AuditDraft& audit) = 0;
    /// Cuts off what the source of the key `holder` displaces at the other keys that share its path
    /// (rules::is_displaced): ends their claims, and writes cut-offs (kTakenOver, kReconciler) for
    /// the connections that hold these keys and for those that deliver their streams. Returns the
    /// cut-offs of these keys; empty: nothing is displaced (any more).
    virtual Result<std::vector<Cutoff>> displace_others(StreamKeyId holder, Timestamp now) = 0;
    /// Returns the pending cut-offs of a node, oldest first.
    virtual Result<std::vector<Cutoff>> pending_cutoffs(const std::string& node) = 0;
    /// Removes the cut-off. If its stream has not ended and its source is still the cut-off's
    /// connection, also ends that stream (sets `state`, `ended_at` to `now`, `end_reason` and
    /// `observed_by` from the cut-off's cause, and `totals`; appends a line to its timeline; sets
    /// `path` to the key's playback path) and increments the session's version. Returns the ended
    /// stream, or an empty optional if there was none to end. A cut-off that does not exist is not
    /// an error.
    virtual Result<std::optional<Stream>> finish_cutoff(const Cutoff& cutoff, Timestamp now,
                                                        std::optional<StreamTotals> totals) = 0;

protected:
    ~CutoffStorage() = default;  // Owned as a Storage.
};

}  // namespace rescuestream
