#include "fields/audit_json.hpp"

#include "json/record_io.hpp"
#include "rescuestream/json/audit_json.hpp"

namespace rescuestream {
namespace {

constexpr auto kDescribeAudit = [](auto& io, auto& entry) {
    io.required("id", entry.id);
    io.required("timestamp", entry.timestamp);
    io.required("actor", entry.actor);
    io.required("action", entry.action);
    // The front end requires these members, with null for "none".
    io.nullable("resource_type", entry.resource_type);
    io.nullable("resource_id", entry.resource_id);
    io.required("request_method", entry.request_method);
    io.required("request_path", entry.request_path);
    io.required("ip_address", entry.ip_address);
    io.required("outcome", entry.outcome);
    io.nullable("failure_reason", entry.failure_reason);
    io.required("metadata", entry.metadata);
    io.nullable("request_id", entry.request_id);
    io.later("origin", entry.origin);
};

}  // namespace

std::string to_json(const AuditEntry& entry) {
    return json::write_record(entry, kDescribeAudit);
}

AuditEntry fields::read_audit_entry(const rapidjson::Value& json) {
    return json::read_record<AuditEntry>(json, kDescribeAudit);
}

}  // namespace rescuestream
