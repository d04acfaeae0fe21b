#pragma once

#include <optional>
#include <vector>

#include "rescuestream/cutoff_report.hpp"
#include "rescuestream/ids.hpp"
#include "rescuestream/key_changes.hpp"
#include "rescuestream/records.hpp"
#include "rescuestream/result.hpp"
#include "rescuestream/time.hpp"

namespace rescuestream {

class CountedStorage;
class KeyFollower;

/// Removes connections from media servers.
class CutoffWorker {
public:
    virtual ~CutoffWorker() = default;

    /// Carries out each of them, as far as it can be done soon; the rest stays in the storage as
    /// pending.
    virtual CutoffReport carry_out(const std::vector<Cutoff>& cutoffs) = 0;
};

/// The one path of every change of a key: the step in the storage, then what memory knows of keys
/// is invalidated, then what the step leaves on media servers is carried out. Nobody else can take
/// these steps: CountedStorage has them for this class alone.
///
/// Each method answers what the storage's step of the same name answers, and what was removed.
///
/// Thread-safety: all methods from any thread. Ownership: all arguments must outlive it.
class KeyChanges {
public:
    /// What a change has done.
    struct Done {
        std::vector<StreamKey> keys;  ///< As they are now.
        bool changed = false;         ///< False: they were so already; nothing was written.
        CutoffReport cutoff;
    };

    KeyChanges(CountedStorage& storage, KeyFollower& keys) : storage_(storage), keys_(keys) {}

    Result<void> create(const StreamKeyRow& row, const AuditEntry& audit);
    Result<Done> revoke(CutoffWorker& worker, StreamKeyId id, Timestamp now,
                        const AuditEntry& audit);
    Result<Done> update(CutoffWorker& worker, const StreamKeyChange& change, Timestamp now,
                        const AuditEntry& audit);
    Result<Done> rotate(CutoffWorker& worker, const StreamKeyRotation& rotation, Timestamp now,
                        const AuditEntry& audit);
    Result<Done> set_broadcaster_disabled(CutoffWorker& worker, BroadcasterId id, bool disabled,
                                          Timestamp now, const AuditEntry& audit);
    Result<Done> delete_broadcaster(CutoffWorker& worker, BroadcasterId id, bool force,
                                    Timestamp now, const AuditEntry& audit);
    Result<CutoffReport> stop(CutoffWorker& worker, StreamId id, EndCause cause,
                              std::optional<Timestamp> block_until, Timestamp now,
                              const AuditEntry& audit);

private:
    template <class Step>
    Result<Done> change(CutoffWorker& worker, Step step);

    CountedStorage& storage_;
    KeyFollower& keys_;
};

}  // namespace rescuestream
