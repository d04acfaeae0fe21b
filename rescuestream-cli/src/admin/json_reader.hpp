#pragma once

#include <rapidjson/document.h>

#include "admin/admin_api.hpp"
#include "admin/json_values.hpp"

namespace rescuestream::cli {

// Each function reads one object of the HTTP contract (rescuestream-server/openapi.yaml). Unknown
// members are ignored. Throws BadAnswer.

Broadcaster read_broadcaster(const rapidjson::Value& json);
StreamKey read_stream_key(const rapidjson::Value& json);
CreatedKey read_created_key(const rapidjson::Value& json);
RotatedKey read_rotated_key(const rapidjson::Value& json);
ViewerAddresses read_viewer_addresses(const rapidjson::Value& json);
StreamWithAddresses read_stream(const rapidjson::Value& json);
StreamTransition read_transition(const rapidjson::Value& json);
AuditEntry read_audit_entry(const rapidjson::Value& json);
AuditPage read_audit_page(const rapidjson::Value& json);
CutoffReport read_cutoff(const rapidjson::Value& json);
/// Reads `kicked=1, pending=0`. An empty header means that nothing was cut off.
CutoffReport read_cutoff_header(std::string_view text);

/// Returns the cursor of the next page, if there is one.
std::optional<Cursor> read_next_cursor(const rapidjson::Value& json);

}  // namespace rescuestream::cli
