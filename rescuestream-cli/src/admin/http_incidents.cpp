#include "admin/http_messages.hpp"
#include "admin/http_roles.hpp"
#include "fields/incident_json.hpp"

namespace rescuestream::cli {
namespace {

ClosedIncident read_closed_incident(const rapidjson::Value& json) {
    return {fields::read_incident(read::member(json, "incident")),
            static_cast<std::size_t>(read::count(json, "ended_keys")),
            fields::read_cutoff(read::member(json, "cutoff"))};
}

class HttpIncidents final : public IncidentApi {
public:
    explicit HttpIncidents(std::shared_ptr<HttpCaller> caller) : caller_(std::move(caller)) {}

    Result<Incident> create_incident(const NewIncident& input) override {
        return messages::parse_answer(
            caller_->call("POST", "/incidents", "", fields::to_body(input)), fields::read_incident);
    }

    Result<IncidentDetails> find_incident(IncidentId id) override {
        return messages::parse_answer(caller_->call("GET", messages::item("incidents", id)),
                                      fields::read_incident_details);
    }

    Result<Page<Incident>> list_incidents(const IncidentFilter& filter,
                                          const PageRequest& page) override {
        messages::Query query;
        if (filter.open) query.add("status", std::string_view(*filter.open ? "open" : "closed"));
        query.add("name", filter.name);
        query.add("reference", filter.reference);
        query.add(page);
        return messages::parse_list(caller_->call("GET", "/incidents", query.text()), "incidents",
                                    fields::read_incident);
    }

    Result<Incident> update_incident(IncidentId id, const IncidentPatch& patch) override {
        return messages::parse_answer(
            caller_->change(messages::item("incidents", id), fields::to_body(patch)),
            fields::read_incident);
    }

    Result<IncidentDetails> assign_to_incident(IncidentId id,
                                               const IncidentAssignment& given) override {
        return messages::parse_answer(
            caller_->call("POST", messages::item("incidents", id, "assign"), "",
                          fields::to_body(given)),
            fields::read_incident_details);
    }

    Result<IncidentDetails> take_from_incident(IncidentId id,
                                               const IncidentAssignment& given) override {
        return messages::parse_answer(
            caller_->call("POST", messages::item("incidents", id, "unassign"), "",
                          fields::to_body(given)),
            fields::read_incident_details);
    }

    Result<ClosedIncident> close_incident(IncidentId id) override {
        return messages::parse_answer(
            caller_->call("POST", messages::item("incidents", id, "close")), read_closed_incident);
    }

    Result<Incident> reopen_incident(IncidentId id) override {
        return messages::parse_answer(
            caller_->call("POST", messages::item("incidents", id, "reopen")),
            fields::read_incident);
    }

    Result<std::string> incident_report(IncidentId id, ReportForm form) override {
        auto reply = caller_->call("GET", messages::item("incidents", id, "report"),
                                   form == ReportForm::kJson ? "format=json" : "format=markdown");
        if (!reply) return reply.error();
        return std::move(reply->body);
    }

private:
    std::shared_ptr<HttpCaller> caller_;
};

}  // namespace

std::unique_ptr<IncidentApi> make_http_incidents(std::shared_ptr<HttpCaller> caller) {
    return std::make_unique<HttpIncidents>(std::move(caller));
}

}  // namespace rescuestream::cli
