#pragma once

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <vector>

#include "rescuestream/records.hpp"

namespace rescuestream {

class Clock;
class CountedStorage;
class Logger;
class RandomSource;
struct Event;

/// Audit entries about what is not a change that somebody waits for: connections that were cut off,
/// and streams that another connection took over. They are kept in
/// memory until `write`, about a second, so that nobody waits for them; a crash in between loses
/// them. (What was decided is in the entry of the decision and in the stream's timeline.)
///
/// Thread-safety: all methods may be called from any thread.
class NotedEntries {
public:
    NotedEntries(CountedStorage& storage, const Clock& clock, RandomSource& random, Logger& logger)
        : storage_(storage), clock_(clock), random_(random), logger_(logger) {}

    void note_cutoff(const Cutoff& cutoff);
    /// Notes an event if it is a takeover.
    void note_takeover(const Event& event);

    /// Writes what was noted. What cannot be written now stays for the next call.
    void write();

private:
    void add(AuditEntry entry);

    CountedStorage& storage_;
    const Clock& clock_;
    RandomSource& random_;
    Logger& logger_;
    std::mutex mutex_;
    std::vector<AuditEntry> entries_;
    std::uint64_t left_out_ = 0;
};

}  // namespace rescuestream
