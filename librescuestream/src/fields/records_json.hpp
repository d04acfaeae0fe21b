#pragma once

#include <string>

#include "json/document.hpp"
#include "rescuestream/addresses.hpp"
#include "rescuestream/cutoff_report.hpp"
#include "rescuestream/figures.hpp"
#include "rescuestream/health.hpp"
#include "rescuestream/nodes.hpp"
#include "rescuestream/records.hpp"

/// The reverse of to_json (rescuestream/json.hpp): each reads an object of the HTTP contract from a
/// response of a server. Unknown members are ignored. Throws json::BadValue (json/values.hpp).
namespace rescuestream::fields {

Broadcaster read_broadcaster(const rapidjson::Value& json);
StreamKey read_stream_key(const rapidjson::Value& json);
std::string write_encoder_addresses(const EncoderAddresses& encoder);
EncoderAddresses read_encoder_addresses(const rapidjson::Value& json);
ViewerAddresses read_viewer_addresses(const rapidjson::Value& json);
Stream read_stream(const rapidjson::Value& json);
StreamFigures read_figures(const rapidjson::Value& json);
StreamTransition read_transition(const rapidjson::Value& json);
AuditEntry read_audit_entry(const rapidjson::Value& json);
CutoffReport read_cutoff(const rapidjson::Value& json);
NodeStatus read_node(const rapidjson::Value& json);
HealthCheck read_health_check(const rapidjson::Value& json);

}  // namespace rescuestream::fields
