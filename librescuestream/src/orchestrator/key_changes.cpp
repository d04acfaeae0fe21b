#include "orchestrator/key_changes.hpp"

#include <utility>

#include "orchestrator/counted_storage.hpp"
#include "orchestrator/cutoff_meter.hpp"
#include "orchestrator/key_follower.hpp"

namespace rescuestream {

template <class Step>
Result<KeyChanges::Done> KeyChanges::change(CutoffWorker& worker, Timestamp now, Step step) {
    auto outcome = step();
    // Also after an error, because the outcome of a step that timed out is unknown.
    keys_.invalidate();
    if (!outcome) return std::move(outcome).error();
    meter_.ordered(outcome->cutoffs, now);
    return Done{std::move(outcome->keys), outcome->changed, worker.carry_out(outcome->cutoffs)};
}

template <class Step>
Result<KeyChanges::Done> KeyChanges::change_key(CutoffWorker& worker, StreamKeyId id, Timestamp now,
                                                Step step) {
    auto done = change(worker, now, step);
    if (done || done.error().code != ErrorCode::kStorageFull) return done;
    // Nothing is asked of a database that is full, so the step may not know that there is no such
    // key.
    const auto key = storage_.find_stream_key(id);
    if (!key && key.error().code == ErrorCode::kNotFound) return key.error();
    return done;
}

Result<StreamKey> KeyChanges::create(const StreamKeyRow& row, const AuditDraft& audit) {
    auto created = storage_.create_stream_key(row, audit);
    keys_.invalidate();
    // A key without a policy may restrict who watches a path that it shares.
    const bool concerns_viewers = row.key.policies.playback_policy || row.key.policies.priority;
    if (created && concerns_viewers) keys_.await_changes();
    return created;  // nobody uses a new key, so there is nothing to cut off
}

Result<KeyChanges::Done> KeyChanges::revoke(CutoffWorker& worker, StreamKeyId id, Timestamp now,
                                            const AuditDraft& audit) {
    return change_key(worker, id, now, [&] { return storage_.revoke_stream_key(id, now, audit); });
}

Result<KeyChanges::Done> KeyChanges::update(CutoffWorker& worker, const StreamKeyChange& change,
                                            Timestamp now, const AuditDraft& audit) {
    auto done = change_key(worker, change.id, now,
                           [&] { return storage_.update_stream_key(change, now, audit); });
    // Viewers are judged by memory alone, so it must know a new policy before the change is told.
    if (done && (change.policies.playback_policy || !change.reset.empty())) keys_.await_changes();
    return done;
}

Result<KeyChanges::Done> KeyChanges::rotate(CutoffWorker& worker, const StreamKeyRotation& rotation,
                                            Timestamp now, const AuditDraft& audit) {
    return change_key(worker, rotation.id, now,
                      [&] { return storage_.rotate_stream_key(rotation, now, audit); });
}

Result<KeyChanges::Done> KeyChanges::set_broadcaster_disabled(CutoffWorker& worker,
                                                              BroadcasterId id, bool disabled,
                                                              Timestamp now,
                                                              const AuditDraft& audit) {
    return change(worker, now,
                  [&] { return storage_.set_broadcaster_disabled(id, disabled, now, audit); });
}

Result<KeyChanges::Done> KeyChanges::delete_broadcaster(CutoffWorker& worker, BroadcasterId id,
                                                        bool force, Timestamp now,
                                                        const AuditDraft& audit) {
    return change(worker, now, [&] { return storage_.delete_broadcaster(id, force, now, audit); });
}

Result<ClosedIncident> KeyChanges::close_incident(CutoffWorker& worker, IncidentId id,
                                                  const IncidentClosing& closing,
                                                  const AuditDraft& audit) {
    ClosedIncident closed;
    auto done = change(worker, closing.at, [&]() -> Result<KeyChangeOutcome> {
        auto outcome = storage_.close_incident(id, closing, audit);
        if (!outcome) return std::move(outcome).error();
        closed.incident = std::move(outcome->incident);
        return KeyChangeOutcome{std::move(outcome->ended_keys), outcome->changed,
                                std::move(outcome->cutoffs)};
    });
    if (!done) return std::move(done).error();
    closed.ended_keys = done->keys.size();
    closed.cutoff = std::move(done->cutoff);
    return closed;
}

Result<CutoffReport> KeyChanges::displace_others(CutoffWorker& worker, StreamKeyId holder,
                                                 const std::string& node, Timestamp now) {
    auto cutoffs = storage_.displace_others(holder, now);
    if (!cutoffs) return std::move(cutoffs).error();
    meter_.ordered(*cutoffs, now);
    std::erase_if(*cutoffs, [&](const Cutoff& cutoff) { return cutoff.node != node; });
    return worker.carry_out(*cutoffs);
}

Result<CutoffReport> KeyChanges::stop(CutoffWorker& worker, StreamId id, EndCause cause,
                                      std::optional<Timestamp> block_until, Timestamp now,
                                      const AuditDraft& audit) {
    auto done = change(worker, now, [&]() -> Result<KeyChangeOutcome> {
        auto cutoffs = storage_.begin_stop(id, cause, block_until, now, audit);
        if (!cutoffs) return std::move(cutoffs).error();
        return KeyChangeOutcome{{}, true, *std::move(cutoffs)};
    });
    if (!done) return std::move(done).error();
    return std::move(done->cutoff);
}

}  // namespace rescuestream
