#pragma once

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <vector>

#include "rescuestream/records.hpp"

namespace rescuestream {

class Clock;
class RecordStorage;

/// Audit entries for which nobody waits. They are kept in memory until `write`; a crash in between
/// loses them.
///
/// Thread-safety: all methods may be called from any thread.
class AuditQueue {
public:
    /// Keeps at most `most` entries. `storage` and `clock` must outlive the queue.
    AuditQueue(RecordStorage& storage, const Clock& clock, std::size_t most)
        : storage_(storage), clock_(clock), most_(most) {}

    /// The entry is lost if the queue is full.
    void add(AuditEntry entry);
    /// Writes the entries with the present time. What cannot be written stays for the next call.
    /// Returns how many entries were lost since the last call.
    std::uint64_t write();

private:
    RecordStorage& storage_;
    const Clock& clock_;
    const std::size_t most_;
    std::mutex mutex_;
    std::vector<AuditEntry> entries_;
    std::uint64_t lost_ = 0;
};

}  // namespace rescuestream
