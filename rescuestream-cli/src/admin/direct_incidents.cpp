#include <utility>

#include "admin/direct_roles.hpp"
#include "rescuestream/json.hpp"
#include "rescuestream/stream_orchestrator.hpp"

namespace rescuestream::cli {
namespace {

class DirectIncidents final : public IncidentApi {
public:
    explicit DirectIncidents(DirectAccess access) : access_(std::move(access)) {}

    Result<Incident> create_incident(const NewIncident& input) override {
        return access_.orchestrator->create_incident(input, access_.caller);
    }

    Result<IncidentDetails> find_incident(IncidentId id) override {
        return access_.orchestrator->find_incident(id);
    }

    Result<Page<Incident>> list_incidents(const IncidentFilter& filter,
                                          const PageRequest& page) override {
        return access_.orchestrator->list_incidents(filter, page);
    }

    Result<Incident> update_incident(IncidentId id, const IncidentPatch& patch) override {
        return access_.orchestrator->update_incident(id, patch, access_.caller);
    }

    Result<IncidentDetails> assign_to_incident(IncidentId id,
                                               const IncidentAssignment& given) override {
        return access_.orchestrator->assign_to_incident(id, given, access_.caller);
    }

    Result<IncidentDetails> take_from_incident(IncidentId id,
                                               const IncidentAssignment& given) override {
        return access_.orchestrator->take_from_incident(id, given, access_.caller);
    }

    Result<ClosedIncident> close_incident(IncidentId id) override {
        return access_.orchestrator->close_incident(id, access_.caller);
    }

    Result<Incident> reopen_incident(IncidentId id) override {
        return access_.orchestrator->reopen_incident(id, access_.caller);
    }

    Result<std::string> incident_report(IncidentId id, ReportForm form) override {
        const auto report = access_.orchestrator->incident_report(id);
        if (!report) return report.error();
        return form == ReportForm::kJson ? to_json(*report) : to_markdown(*report);
    }

private:
    DirectAccess access_;
};

}  // namespace

std::unique_ptr<IncidentApi> make_direct_incidents(DirectAccess access) {
    return std::make_unique<DirectIncidents>(std::move(access));
}

}  // namespace rescuestream::cli
