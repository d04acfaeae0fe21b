#include "storage/cutoff_end.hpp"

#include <string>

namespace rescuestream {

StreamTransition end_by_cutoff(Stream& stream, const StreamKey& key, EndReason reason,
                               Timestamp now, const std::optional<StreamTotals>& totals) {
    stream.state = StreamState::kEnded;
    stream.ended_at = now;
    stream.end_reason = reason;
    stream.interrupted_at.reset();
    stream.path = key.playback_path;  // an exposed key value must not stay in the record
    if (totals) stream.totals = totals;

    StreamTransition line;
    line.at = now;
    line.kind = TransitionKind::kEnded;
    // What no person asked for, the watch over limits did.
    const bool by_limit = reason == EndReason::kKeyExpired || reason == EndReason::kMaxDuration;
    line.source = by_limit ? ObservedBy::kReconciler : ObservedBy::kAdmin;
    line.generation = stream.generation;
    line.connection = stream.source_id;
    line.reason = std::string(to_string(reason));
    return line;
}

}  // namespace rescuestream
