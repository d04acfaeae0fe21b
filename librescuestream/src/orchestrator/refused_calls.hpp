#pragma once

#include <cstdint>
#include <mutex>
#include <string_view>
#include <vector>

#include "rescuestream/caller.hpp"
#include "rescuestream/records.hpp"

namespace rescuestream {

class Clock;
class Logger;
class RandomSource;
class RecordStorage;

/// Audit entries of calls that were refused. They wait in memory, because a refused caller must not
/// make the server write; what cannot wait any more is lost.
///
/// Thread-safety: all methods may be called from any thread.
class RefusedCalls {
public:
    RefusedCalls(RecordStorage& storage, const Clock& clock, RandomSource& random, Logger& logger)
        : storage_(storage), clock_(clock), random_(random), logger_(logger) {}

    /// See StreamOrchestrator::note_refused_call.
    void note(const Caller& caller, std::string_view reason, std::uint64_t times);
    /// Stores the entries that wait.
    void write();

private:
    RecordStorage& storage_;
    const Clock& clock_;
    RandomSource& random_;
    Logger& logger_;
    std::mutex mutex_;
    std::vector<AuditEntry> waiting_;
};

}  // namespace rescuestream
