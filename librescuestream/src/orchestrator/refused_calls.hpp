#pragma once

#include <cstdint>
#include <string_view>

#include "orchestrator/audit_queue.hpp"
#include "rescuestream/caller.hpp"

namespace rescuestream {

class Logger;
class RandomSource;

/// Audit entries of calls that were refused. They wait in memory, because a refused caller must not
/// make the server write; only a few may wait.
///
/// Thread-safety: all methods may be called from any thread.
class RefusedCalls {
public:
    RefusedCalls(RecordStorage& storage, const Clock& clock, RandomSource& random, Logger& logger)
        : clock_(clock), random_(random), logger_(logger), queue_(storage, clock, kMost) {}

    /// See StreamOrchestrator::note_refused_call.
    void note(const Caller& caller, std::string_view reason, std::uint64_t times);
    /// Stores the entries that wait.
    void write();

private:
    static constexpr std::size_t kMost = 64;

    const Clock& clock_;
    RandomSource& random_;
    Logger& logger_;
    AuditQueue queue_;
};

}  // namespace rescuestream
