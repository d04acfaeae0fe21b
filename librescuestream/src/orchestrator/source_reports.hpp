#pragma once

#include "orchestrator/request_dependencies.hpp"
#include "rescuestream/publishing.hpp"
#include "rescuestream/result.hpp"

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
    const RequestDependencies d_;
};

}  // namespace rescuestream
