#pragma once

#include <string>

#include "rescuestream/ids.hpp"
#include "rescuestream/incidents.hpp"
#include "rescuestream/paging.hpp"
#include "rescuestream/result.hpp"

namespace rescuestream::cli {

enum class ReportForm { kMarkdown, kJson };

/// The operations on incidents; see AdminApi.
class IncidentApi {
public:
    virtual ~IncidentApi() = default;

    virtual Result<Incident> create_incident(const NewIncident& input) = 0;
    virtual Result<IncidentDetails> find_incident(IncidentId id) = 0;
    virtual Result<Page<Incident>> list_incidents(const IncidentFilter& filter,
                                                  const PageRequest& page) = 0;
    virtual Result<Incident> update_incident(IncidentId id, const IncidentPatch& patch) = 0;
    virtual Result<IncidentDetails> assign_to_incident(IncidentId id,
                                                       const IncidentAssignment& given) = 0;
    virtual Result<IncidentDetails> take_from_incident(IncidentId id,
                                                       const IncidentAssignment& given) = 0;
    virtual Result<ClosedIncident> close_incident(IncidentId id) = 0;
    virtual Result<Incident> reopen_incident(IncidentId id) = 0;
    virtual Result<std::string> incident_report(IncidentId id, ReportForm form) = 0;
};

}  // namespace rescuestream::cli
