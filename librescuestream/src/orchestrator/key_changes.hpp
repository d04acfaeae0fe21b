#pragma once

#include <optional>
#include <vector>

#include "rescuestream/audit_draft.hpp"
#include "rescuestream/cutoff_report.hpp"
#include "rescuestream/ids.hpp"
#include "rescuestream/incidents.hpp"
#include "rescuestream/key_changes.hpp"
#include "rescuestream/records.hpp"
#include "rescuestream/result.hpp"
#include "rescuestream/time.hpp"

namespace rescuestream {

class CountedStorage;
class CutoffMeter;
class KeyFollower;

/// Removes connections from media servers.
class CutoffWorker {
public:
    virtual ~CutoffWorker() = default;

    /// Carries out `cutoffs` as far as possible within a deadline. The others remain pending in the
    /// storage.
    virtual CutoffReport carry_out(const std::vector<Cutoff>& cutoffs) = 0;
};

/// Makes every change of a key: carries out the step in the storage, invalidates the cached facts
/// of keys, and then carries out the resulting cut-offs on media servers. No other class can call
/// these steps of the storage: CountedStorage makes them accessible to this class only.
///
/// Each method returns the result of the storage's step of the same name, and the result of the
/// cut-offs.
///
/// Thread-safety: all methods may be called from any thread. Ownership: all arguments must outlive
/// it.
class KeyChanges {
public:
    /// The result of a change.
    struct Done {
        std::vector<StreamKey> keys;  ///< The keys after the change.
        bool changed = false;  ///< False: they were in that state already; nothing was written.
        CutoffReport cutoff;
    };

    KeyChanges(CountedStorage& storage, KeyFollower& keys, CutoffMeter& meter)
        : storage_(storage), keys_(keys), meter_(meter) {}

    Result<StreamKey> create(const StreamKeyRow& row, const AuditDraft& audit);
    Result<Done> revoke(CutoffWorker& worker, StreamKeyId id, Timestamp now,
                        const AuditDraft& audit);
    Result<Done> update(CutoffWorker& worker, const StreamKeyChange& change, Timestamp now,
                        const AuditDraft& audit);
    Result<Done> rotate(CutoffWorker& worker, const StreamKeyRotation& rotation, Timestamp now,
                        const AuditDraft& audit);
    Result<Done> set_broadcaster_disabled(CutoffWorker& worker, BroadcasterId id, bool disabled,
                                          Timestamp now, const AuditDraft& audit);
    Result<Done> delete_broadcaster(CutoffWorker& worker, BroadcasterId id, bool force,
                                    Timestamp now, const AuditDraft& audit);
    Result<ClosedIncident> close_incident(CutoffWorker& worker, IncidentId id,
                                          const IncidentClosing& closing, const AuditDraft& audit);
    /// Not a change of a key: nothing is invalidated. Only the cut-offs on `node` are carried out;
    /// the others remain for those who supervise their nodes.
    Result<CutoffReport> displace_others(CutoffWorker& worker, StreamKeyId holder,
                                         const std::string& node, Timestamp now);
    Result<CutoffReport> stop(CutoffWorker& worker, StreamId id, EndCause cause,
                              std::optional<Timestamp> block_until, Timestamp now,
                              const AuditDraft& audit);

private:
    template <class Step>
    Result<Done> change(CutoffWorker& worker, Timestamp now, Step step);
    // The same for a change of one key.
    template <class Step>
    Result<Done> change_key(CutoffWorker& worker, StreamKeyId id, Timestamp now, Step step);

    CountedStorage& storage_;
    KeyFollower& keys_;
    CutoffMeter& meter_;
};

}  // namespace rescuestream
