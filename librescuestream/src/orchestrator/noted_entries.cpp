#include "orchestrator/noted_entries.hpp"

#include <string>
#include <utility>

#include "orchestrator/audit.hpp"
#include "orchestrator/counted_storage.hpp"
#include "rescuestream/events.hpp"
#include "rescuestream/logger.hpp"

namespace rescuestream {
namespace {

constexpr std::size_t kMostNoted = 1'000;

Caller own_caller(std::string path) {
    return {"rescuestream", "INTERNAL", std::move(path), "", std::nullopt};
}

}  // namespace

void NotedEntries::note_cutoff(const Cutoff& cutoff) {
    add(make_audit_entry({"cut_off",
                          "stream_key",
                          cutoff.stream_key_id.to_string(),
                          {{"connection_id", cutoff.connection.value},
                           {"node", cutoff.node},
                           {"protocol", to_string(cutoff.protocol)},
                           {"path", cutoff.playback_path},
                           {"reason", to_string(cutoff.cause.reason)},
                           {"decided_by", to_string(cutoff.cause.decided_by)}}},
                         own_caller("/cutoffs"), clock_.now(), random_));
}

void NotedEntries::note_takeover(const Event& event) {
    if (event.type != EventType::kStreamResumed || event.gap) return;
    const Stream& stream = event.stream;
    add(make_audit_entry({"take_over",
                          "stream",
                          stream.id.to_string(),
                          {{"node", stream.node},
                           {"path", stream.path},
                           {"connection_id", stream.source_id ? stream.source_id->value : ""}}},
                         own_caller("/sessions"), clock_.now(), random_));
}

void NotedEntries::add(AuditEntry entry) {
    const std::lock_guard lock(mutex_);
    if (entries_.size() < kMostNoted) {
        entries_.push_back(std::move(entry));
    } else {
        ++left_out_;
    }
}

void NotedEntries::write() {
    std::vector<AuditEntry> entries;
    std::uint64_t left_out = 0;
    {
        const std::lock_guard lock(mutex_);
        entries.swap(entries_);
        left_out = std::exchange(left_out_, 0);
    }
    for (std::size_t i = 0; i < entries.size(); ++i) {
        // Written now, and maybe noted long ago: see rules::kLatestSeal.
        entries[i].timestamp = clock_.now();
        if (storage_.append_audit(entries[i])) continue;
        const std::lock_guard lock(mutex_);
        for (; i < entries.size() && entries_.size() < kMostNoted; ++i) {
            entries_.push_back(std::move(entries[i]));
        }
        left_out += entries.size() - i;
        break;
    }
    if (left_out == 0) return;
    logger_.warning("audit entries about cut-offs or takeovers were left out",
                    {{"count", left_out}});
}

}  // namespace rescuestream
