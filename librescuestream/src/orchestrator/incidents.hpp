#pragma once

#include <string_view>

#include "json/audit_names.hpp"
#include "orchestrator/request_dependencies.hpp"
#include "rescuestream/audit_draft.hpp"
#include "rescuestream/caller.hpp"
#include "rescuestream/ids.hpp"
#include "rescuestream/incidents.hpp"
#include "rescuestream/paging.hpp"
#include "rescuestream/result.hpp"
#include "rescuestream/time.hpp"

namespace rescuestream {

/// The methods of StreamOrchestrator about incidents; its header documents them.
///
/// Thread-safety: all methods may be called from any thread.
class Incidents {
public:
    explicit Incidents(const RequestDependencies& dependencies) : d_(dependencies) {}

    Result<Incident> create_incident(const NewIncident& input, const Caller& caller);
    Result<IncidentDetails> find_incident(IncidentId id);
    Result<Page<Incident>> list_incidents(const IncidentFilter& filter, const PageRequest& page);
    Result<Incident> update_incident(IncidentId id, const IncidentPatch& patch,
                                     const Caller& caller);
    Result<IncidentDetails> assign_to_incident(IncidentId id, const IncidentAssignment& given,
                                               const Caller& caller);
    Result<IncidentDetails> take_from_incident(IncidentId id, const IncidentAssignment& given,
                                               const Caller& caller);
    Result<ClosedIncident> close_incident(IncidentId id, const Caller& caller);
    Result<Incident> reopen_incident(IncidentId id, const Caller& caller);

private:
    AuditDraft draft(std::string_view action, IncidentId id, const Caller& caller, Timestamp at,
                     json::AuditNames facts = {});

    const RequestDependencies d_;
};

}  // namespace rescuestream
