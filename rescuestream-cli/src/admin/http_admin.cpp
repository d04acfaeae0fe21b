#include "admin/http_admin.hpp"

#include <utility>

#include "admin/http_messages.hpp"
#include "problem.hpp"

namespace rescuestream::cli {

HttpAdmin::HttpAdmin(ServerConnection server, const Clock& clock)
    : HttpCaller(std::move(server), clock),
      HttpBroadcasters(caller()),
      HttpKeys(caller()),
      HttpStreams(caller()),
      HttpNodes(caller()) {}

Result<AuditPage> HttpAdmin::list_audit(const AuditFilter& filter) {
    messages::Query query;
    query.add("limit", std::string_view(std::to_string(filter.limit)));
    query.add("offset", std::string_view(std::to_string(filter.offset)));
    query.add("action", filter.action);
    query.add("actor", filter.actor_contains);
    query.add("resource_type", filter.resource_type);
    query.add("resource_id", filter.resource_id);
    query.add("from", filter.from);
    query.add("to", filter.to);
    return messages::parse_answer(call("GET", "/audit-logs", query.text()), read_audit_page);
}

Result<SchemaReport> HttpAdmin::schema_status() {
    return Error{ErrorCode::kUnsupported, "The schema cannot be read through a server.", "", {}};
}

Result<SchemaReport> HttpAdmin::migrate(std::optional<int>) {
    return Error{ErrorCode::kUnsupported,
                 "A database cannot be migrated through a server, which migrates it at its start.",
                 "",
                 {}};
}

Result<HealthReport> HttpAdmin::health() {
    // The route is public. 503 has the checks too.
    const auto reply = get_public("/readyz?verbose");
    if (!reply) return reply.error();
    if (reply->status != 200 && reply->status != 503) return problem_error(*reply);
    return messages::parse_answer(reply, [&](const rapidjson::Value& json) {
        HealthReport report{reply->status == 200, {}};
        for (const auto& check : read::array(json, "checks").GetArray()) {
            report.checks.push_back(fields::read_health_check(check));
        }
        return report;
    });
}

}  // namespace rescuestream::cli
