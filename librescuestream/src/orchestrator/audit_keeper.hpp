#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>

#include "orchestrator/request_dependencies.hpp"
#include "rescuestream/audit_chain.hpp"
#include "rescuestream/result.hpp"

namespace rescuestream {

class Logger;

/// Seals the audit log, deletes what is older than the retention, and verifies the chain of seals.
///
/// Thread-safety: `checkpoint` and `verify` may be called from any thread, `tick` from one
/// at a time.
class AuditKeeper {
public:
    AuditKeeper(const RequestDependencies& dependencies, Logger& logger);

    /// Seals some of the entries that are not sealed yet, if another program has not just done so,
    /// and deletes some of the expired ones. Called about once a second.
    void tick();
    /// Seals what was written since the last call of `tick`, for at most a second and a call of the
    /// storage. For a program that stops.
    void finish();
    /// Seals all entries and returns the newest seal. kNotFound: there are no entries.
    Result<AuditCheckpoint> checkpoint();
    Result<AuditVerification> verify(const std::optional<AuditCheckpoint>& checkpoint,
                                     const AuditProgress& progress);

private:
    // Returns whether there may be more unsealed entries.
    Result<bool> seal_some(std::chrono::microseconds overlap);
    // kInternal: it is not the newest seal that was seen before, or one that came after it.
    Result<void> check_newest(const std::optional<AuditSeal>& newest);
    Result<void> cut_some();

    const RequestDependencies d_;
    Logger& logger_;
    const std::string key_;  // of the signatures; empty: there is none
    std::mutex sealing_;
    std::optional<AuditCheckpoint> newest_;  // guarded by `sealing_`; empty: none was seen
    std::uint32_t ticks_ = 0;
    bool has_failed_ = false;
};

}  // namespace rescuestream
