#pragma once

#include "rescuestream/storage/incidents.hpp"
#include "storage/memory/state.hpp"

namespace rescuestream::memory {

/// Keeps incidents.
class MemoryIncidents : public virtual IncidentStorage {
public:
    explicit MemoryIncidents(MemoryState& state) : state_(state) {}

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
    ~MemoryIncidents() = default;  // Owned as a Storage.

private:
    IncidentDetails details_of(const Incident& incident) const;
    Result<void> check_open(const AuditDraft& audit) const;
    void end_key(KeyEntry& entry, Timestamp now);

    MemoryState& state_;
};

}  // namespace rescuestream::memory
