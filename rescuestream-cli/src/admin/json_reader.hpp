#pragma once

#include <rapidjson/document.h>

#include "admin/admin_api.hpp"

namespace rescuestream::cli {

/// Thrown while an answer of a server is read: it is not what the HTTP API promises.
class BadAnswer : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

// Each reads one object of the HTTP contract (rescuestream-server/openapi.yaml); unknown members
// are ignored. Throws BadAnswer.

Broadcaster read_broadcaster(const rapidjson::Value& json);
StreamKey read_stream_key(const rapidjson::Value& json);
CreatedKey read_created_key(const rapidjson::Value& json);
StreamWithAddresses read_stream(const rapidjson::Value& json);
AuditEntry read_audit_entry(const rapidjson::Value& json);
AuditPage read_audit_page(const rapidjson::Value& json);
CutoffReport read_cutoff(const rapidjson::Value& json);
/// `kicked=1, pending=0`; nothing cut off for an empty header.
CutoffReport read_cutoff_header(std::string_view text);

/// The member `name`; throws when it is missing.
const rapidjson::Value& member_of(const rapidjson::Value& json, const char* name);
/// The opaque place where the next page begins, if there is one.
std::optional<Cursor> read_next_cursor(const rapidjson::Value& json);

}  // namespace rescuestream::cli
