#pragma once

#include <rapidjson/document.h>

#include "admin/admin_api.hpp"
#include "admin/json_values.hpp"

namespace rescuestream::cli {

// Each reads one object of the HTTP contract (rescuestream-server/openapi.yaml); unknown members
// are ignored. Throws BadAnswer.

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
/// `kicked=1, pending=0`; nothing cut off for an empty header.
CutoffReport read_cutoff_header(std::string_view text);

/// The opaque place where the next page begins, if there is one.
std::optional<Cursor> read_next_cursor(const rapidjson::Value& json);

}  // namespace rescuestream::cli
