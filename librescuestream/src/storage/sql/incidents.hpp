#pragma once

#include "rescuestream/storage/incidents.hpp"
#include "storage/sql/access.hpp"

namespace rescuestream::sql {

/// Keeps incidents. A step locks the incident first, then broadcasters by id, then keys in the
/// order in which shared claims lock them, so that no deadlock is possible.
class SqlIncidents : public virtual IncidentStorage, private Access {
public:
    explicit SqlIncidents(Database& database) : Access(database) {}

    Result<void> create_incident(const Incident& incident, const AuditDraft& audit) override;
    Result<IncidentDetails> find_incident(IncidentId id) override;
    Result<Page<Incident>> list_incidents(const IncidentFilter& filter,
                                          const PageRequest& page) override;
    Result<Incident> update_incident(IncidentId id, const IncidentPatch& patch, Timestamp now,
                                     const AuditDraft& audit) override;
    Result<IncidentDetails> assign_to_incident(IncidentId id, const IncidentAssignment& given,
                                               Timestamp now, const AuditDraft& audit) override;
    Result<IncidentDetails> take_from_incident(IncidentId id, const IncidentAssignment& given,
                                               Timestamp now, const AuditDraft& audit) override;
    Result<IncidentOutcome> close_incident(IncidentId id, const IncidentClosing& closing,
                                           const AuditDraft& audit) override;
    Result<Incident> reopen_incident(IncidentId id, Timestamp closed_after, Timestamp now,
                                     const AuditDraft& audit) override;

protected:
    ~SqlIncidents() = default;  // Owned as a Storage.

private:
    Result<void> check_open_incidents(Connection& connection, const AuditDraft& audit);
    // What becomes of the change of an incident whose row cannot be read completely.
    enum class Damaged { kRefused, kChanged };
    // Locks an incident and calls `work(connection, incident)`, which changes it or returns an
    // error; then writes it and the audit entry.
    template <class T, class Work>
    Result<T> change_incident(IncidentId id, Timestamp now, const AuditDraft& audit, Work work,
                              Damaged damaged = Damaged::kRefused);
};

}  // namespace rescuestream::sql
