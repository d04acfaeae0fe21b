#pragma once

#include "rescuestream/audit_draft.hpp"
#include "rescuestream/incidents.hpp"
#include "rescuestream/paging.hpp"
#include "rescuestream/result.hpp"
#include "rescuestream/time.hpp"

namespace rescuestream {

/// The part of a Storage that keeps incidents.
///
/// `Storage` documents what applies to every method (atomicity, errors, thread-safety). A step that
/// changes an incident adds its name to the audit entry, as `display_name`.
class IncidentStorage {
public:
    /// kConflict: kMostOpenIncidents are open, also when several callers open the last one.
    virtual Result<void> create_incident(const Incident& incident, const AuditDraft& audit) = 0;
    /// kNotFound.
    virtual Result<IncidentDetails> find_incident(IncidentId id) = 0;
    /// Newest first by (created_at, id).
    virtual Result<Page<Incident>> list_incidents(const IncidentFilter& filter,
                                                  const PageRequest& page) = 0;
    /// Sets the members that `patch` gives, and `updated_at`. kNotFound.
    virtual Result<Incident> update_incident(IncidentId id, const IncidentPatch& patch,
                                             Timestamp now, const AuditDraft& audit) = 0;

    /// Assigns broadcasters and keys. A broadcaster's keys that belong to no incident are assigned
    /// with it. Idempotent: what is assigned already is not an error. kNotFound: no such incident.
    /// kInvalidArgument: one of the ids does not exist; `fields` names it. kConflict: the incident
    /// is closed, or one of them belongs to another incident.
    virtual Result<IncidentDetails> assign_to_incident(IncidentId id,
                                                       const IncidentAssignment& given,
                                                       Timestamp now, const AuditDraft& audit) = 0;
    /// Takes broadcasters and keys out of the incident, a broadcaster's keys with it. What is not
    /// assigned to it, or does not exist, is not an error. A key that was made for the incident
    /// stays in it. kNotFound: no such incident. kConflict: it is closed.
    virtual Result<IncidentDetails> take_from_incident(IncidentId id,
                                                       const IncidentAssignment& given,
                                                       Timestamp now, const AuditDraft& audit) = 0;

    /// Closes the incident. The keys that were made for it expire as of now, unless they have ended
    /// already: their claims end, with cut-offs (kIncidentClosed) as in `revoke_stream_key`. All
    /// others, and its broadcasters, are taken out of it. Its guest links are closed. Idempotent:
    /// if it is closed already, the call succeeds without a write. kNotFound: no such incident.
    virtual Result<IncidentOutcome> close_incident(IncidentId id, const IncidentClosing& closing,
                                                   const AuditDraft& audit) = 0;
    /// Opens an incident that was closed after `closed_after`. Nothing else changes: what was ended
    /// or taken out stays so. Idempotent: if it is open already, the call succeeds without a write.
    /// kNotFound: no such incident. kConflict: it was closed earlier, or kMostOpenIncidents are
    /// open.
    virtual Result<Incident> reopen_incident(IncidentId id, Timestamp closed_after, Timestamp now,
                                             const AuditDraft& audit) = 0;

protected:
    ~IncidentStorage() = default;  // Owned as a Storage.
};

}  // namespace rescuestream
