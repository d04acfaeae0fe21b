#pragma once

#include "orchestrator/audit_queue.hpp"
#include "rescuestream/records.hpp"

namespace rescuestream {

class Logger;
class RandomSource;
struct Event;

/// Audit entries about what is not a change that somebody waits for: connections that were cut off,
/// and streams that another connection took over. They are kept in memory until `write`, about a
/// second; a crash in between loses them. (What was decided is in the entry of the decision and in
/// the stream's timeline.)
///
/// Thread-safety: all methods may be called from any thread.
class NotedEntries {
public:
    NotedEntries(RecordStorage& storage, const Clock& clock, RandomSource& random, Logger& logger)
        : clock_(clock), random_(random), logger_(logger), queue_(storage, clock, kMost) {}

    void note_cutoff(const Cutoff& cutoff);
    /// Notes an event if it is a takeover.
    void note_takeover(const Event& event);

    /// Writes what was noted. What cannot be written now stays for the next call.
    void write();

private:
    static constexpr std::size_t kMost = 1'000;

    const Clock& clock_;
    RandomSource& random_;
    Logger& logger_;
    AuditQueue queue_;
};

}  // namespace rescuestream
