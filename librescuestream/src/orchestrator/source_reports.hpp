#pragma once

#include "orchestrator/request_dependencies.hpp"
#include "rescuestream/publishing.hpp"
#include "rescuestream/result.hpp"
#include "rules/session.hpp"

namespace rescuestream {

/// The methods of StreamOrchestrator about reports of media servers; its header documents them.
///
/// Thread-safety: all methods may be called from any thread.
class SourceReports {
public:
    explicit SourceReports(const RequestDependencies& dependencies) : d_(dependencies) {}

    Result<void> source_available(const SourceReport& report);
    Result<void> source_unavailable(const SourceReport& report);

private:
    // The same for the session of one of the keys of the path.
    Result<void> source_gone(const Session& session, const SourceReport& report);
    Result<bool> observe_owner(const rules::Observation& observation,
                               const rules::SourceAvailable& source);

    const RequestDependencies d_;
};

}  // namespace rescuestream
