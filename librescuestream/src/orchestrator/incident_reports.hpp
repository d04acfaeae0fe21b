#pragma once

#include <string>
#include <utility>
#include <vector>

#include "orchestrator/request_dependencies.hpp"
#include "rescuestream/guest_links.hpp"
#include "rescuestream/incidents.hpp"
#include "rescuestream/playback.hpp"
#include "rescuestream/result.hpp"

namespace rescuestream {

/// Makes reports of incidents from what the storage has recorded.
///
/// Thread-safety: all methods may be called from any thread.
class IncidentReports {
public:
    explicit IncidentReports(const RequestDependencies& dependencies) : d_(dependencies) {}

    /// See StreamOrchestrator::incident_report.
    Result<IncidentReport> incident_report(IncidentId id);

private:
    Result<void> add_streams(IncidentReport& report);
    std::optional<StreamTotals> totals_so_far(StreamId id) const;
    Result<void> add_viewers(IncidentReport& report, const std::vector<GuestLink>& links);
    Result<std::vector<PlaybackRevocation>> revocations_during(const IncidentReport& report);
    Result<void> add_refusals(IncidentReport& report);
    Result<void> add_actions(IncidentReport& report, const std::vector<GuestLink>& links);

    const RequestDependencies d_;
};

}  // namespace rescuestream
