#include "orchestrator/noted_entries.hpp"

#include <string>
#include <utility>

#include "orchestrator/audit.hpp"
#include "rescuestream/events.hpp"
#include "rescuestream/logger.hpp"

namespace rescuestream {
namespace {

Caller own_caller(std::string path) {
    return {"rescuestream", "INTERNAL", std::move(path), "", std::nullopt};
}

}  // namespace

void NotedEntries::note_cutoff(const Cutoff& cutoff) {
    queue_.add(make_audit_entry({"cut_off",
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
    queue_.add(
        make_audit_entry({"take_over",
                          "stream",
                          stream.id.to_string(),
                          {{"node", stream.node},
                           {"path", stream.path},
                           {"connection_id", stream.source_id ? stream.source_id->value : ""}}},
                         own_caller("/sessions"), clock_.now(), random_));
}

void NotedEntries::write() {
    const auto lost = queue_.write();
    if (lost == 0) return;
    logger_.warning("audit entries about cut-offs or takeovers were left out", {{"count", lost}});
}

}  // namespace rescuestream
