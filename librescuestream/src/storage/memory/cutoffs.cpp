#include "storage/memory/cutoffs.hpp"

#include <algorithm>
#include <tuple>

#include "rules/cutoff.hpp"
#include "rules/path.hpp"
#include "storage/errors.hpp"
#include "storage/messages.hpp"

namespace rescuestream::memory {

Result<std::vector<Cutoff>> MemoryCutoffs::begin_stop(StreamId id, EndCause cause,
                                                      std::optional<Timestamp> block_until,
                                                      Timestamp now, const AuditDraft& audit) {
    const std::lock_guard lock(state_.mutex);
    const auto found = state_.streams.find(id);
    if (found == state_.streams.end()) return not_found(kNoStream);
    const Stream& stream = found->second;
    const bool has_ended = stream.state == StreamState::kEnded;
    if (has_ended &&
        !rules::blocks_after_end(stream, state_.end_decided_at(id), block_until, now)) {
        return std::vector<Cutoff>{};
    }
    if (state_.audit_exists(audit.without_names())) return defect("audit id exists");

    KeyEntry& entry = state_.keys.at(stream.stream_key_id);
    if (has_ended) {
        entry.key.blocked_until = block_until;
        state_.number_fact(entry);
        state_.write_audit(audit.of_stream(entry.key, state_.listed(stream).broadcaster_name));
        return std::vector<Cutoff>{};
    }
    auto stop = rules::stop_stream(state_.session_of(entry), {entry.digest, entry.previous_digest},
                                   cause, now);
    std::vector<Cutoff> cutoffs;
    if (stop.cutoff) cutoffs.push_back(state_.write_cutoff(*std::move(stop.cutoff)));
    if (stop.ends_claim) entry.claim.reset();
    if (block_until) {
        entry.key.blocked_until = block_until;
        state_.number_fact(entry);
    }
    ++entry.version;
    state_.write_audit(audit.of_stream(entry.key, state_.listed(stream).broadcaster_name));
    return cutoffs;
}

Result<std::vector<Cutoff>> MemoryCutoffs::displace_others(StreamKeyId holder, Timestamp now) {
    const std::lock_guard lock(state_.mutex);
    std::vector<Cutoff> cutoffs;
    const auto* entry = state_.visible_key(holder);
    if (entry == nullptr) return cutoffs;
    const Session source = state_.session_of(*entry);
    for (const auto& session : state_.sessions_at(entry->key.playback_path)) {
        if (!rules::is_displaced(session, source, now)) continue;
        state_.cut_off(state_.keys.at(session.key.id),
                       EndCause{EndReason::kTakenOver, ObservedBy::kReconciler}, now);
        state_.append_cutoffs(session.key.id, cutoffs);
    }
    return cutoffs;
}

Result<std::vector<Cutoff>> MemoryCutoffs::pending_cutoffs(const std::string& node) {
    const std::lock_guard lock(state_.mutex);
    std::vector<Cutoff> cutoffs;
    for (const auto& [name, cutoff] : state_.cutoffs) {
        if (cutoff.node == node) cutoffs.push_back(cutoff);
    }
    std::sort(cutoffs.begin(), cutoffs.end(), [](const Cutoff& a, const Cutoff& b) {
        return std::tie(a.requested_at, a.stream_key_id, a.connection) <
               std::tie(b.requested_at, b.stream_key_id, b.connection);
    });
    return cutoffs;
}

Result<std::optional<Stream>> MemoryCutoffs::finish_cutoff(const Cutoff& cutoff, Timestamp now,
                                                           std::optional<StreamTotals> totals) {
    const std::lock_guard lock(state_.mutex);
    const auto found = state_.keys.find(cutoff.stream_key_id);
    if (found == state_.keys.end()) return std::optional<Stream>{};
    KeyEntry& entry = found->second;
    const auto pending = state_.cutoffs.extract({cutoff.stream_key_id, cutoff.connection});
    if (pending.empty()) return std::optional<Stream>{};
    auto end = rules::finish_cutoff(state_.session_of(entry), pending.mapped(), now, totals);
    if (!end) return std::optional<Stream>{};
    state_.transitions[end->stream.id].push_back(std::move(end->line));
    state_.write_stream(entry, end->stream);
    ++entry.version;
    return std::optional<Stream>(std::move(end->stream));
}

}  // namespace rescuestream::memory
