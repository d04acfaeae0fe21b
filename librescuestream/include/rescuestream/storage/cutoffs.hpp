#pragma once

#include <optional>
#include <string>
#include <vector>

#include "rescuestream/ids.hpp"
#include "rescuestream/records.hpp"
#include "rescuestream/result.hpp"
#include "rescuestream/time.hpp"

namespace rescuestream {

/// The part of a Storage that keeps the connections that must be removed from media servers.
///
/// What holds for every method (atomicity, errors, thread-safety) is said at `Storage`.
class CutoffStorage {
public:
    /// Ends the claim of the stream's key if it belongs to the stream's connection, writes a
    /// cut-off with `cause` for that connection, and refuses the key's publishers until
    /// `block_until`, if that is given. Idempotent: a stream that has ended already succeeds with
    /// an empty list. kNotFound: no such stream.
    virtual Result<std::vector<Cutoff>> begin_stop(StreamId id, EndCause cause,
                                                   std::optional<Timestamp> block_until,
                                                   Timestamp now, const AuditEntry& audit) = 0;
    /// The cut-offs of a node that are not done yet, oldest first.
    virtual Result<std::vector<Cutoff>> pending_cutoffs(const std::string& node) = 0;
    /// Removes the cut-off, and ends its stream if that has not ended and still has the cut-off's
    /// connection as its source (state, ended_at = `now`, end_reason and observed_by as the
    /// cut-off's cause says, `totals`, a line in its timeline; `path` becomes the key's playback
    /// path), raising the session's version. The stream as it is now; empty when there was none to
    /// end. A cut-off that does not exist is no error.
    virtual Result<std::optional<Stream>> finish_cutoff(const Cutoff& cutoff, Timestamp now,
                                                        std::optional<StreamTotals> totals) = 0;

protected:
    ~CutoffStorage() = default;  // Owned as a Storage.
};

}  // namespace rescuestream
