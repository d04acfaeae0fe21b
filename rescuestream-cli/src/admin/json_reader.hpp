#pragma once

#include <rapidjson/document.h>

#include "admin/admin_api.hpp"
#include "fields/addresses_json.hpp"
#include "fields/audit_json.hpp"
#include "fields/broadcaster_json.hpp"
#include "fields/cutoff_json.hpp"
#include "fields/health_json.hpp"
#include "fields/node_json.hpp"
#include "fields/stream_json.hpp"
#include "fields/stream_key_json.hpp"
#include "json/values.hpp"

namespace rescuestream::cli {

using json::BadValue;
namespace read = json::read;

// Each function reads a response of the HTTP contract (rescuestream-server/openapi.yaml) that
// consists of more than one record; single records have readers in fields/*_json.hpp. Unknown
// members are ignored. Throws BadValue.

CreatedKey read_created_key(const rapidjson::Value& json);
RotatedKey read_rotated_key(const rapidjson::Value& json);
StreamWithAddresses read_stream(const rapidjson::Value& json);
AuditPage read_audit_page(const rapidjson::Value& json);
/// Reads `kicked=1, pending=0`. An empty header means that nothing was cut off.
CutoffReport read_cutoff_header(std::string_view text);

/// Returns the cursor of the next page, if there is one.
std::optional<Cursor> read_next_cursor(const rapidjson::Value& json);

}  // namespace rescuestream::cli
