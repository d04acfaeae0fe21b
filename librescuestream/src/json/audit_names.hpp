#pragma once

#include <initializer_list>
#include <string_view>
#include <utility>

#include "rescuestream/records.hpp"

namespace rescuestream::json {

/// Names of what an audit entry is about, for its readers.
using AuditNames = std::initializer_list<std::pair<std::string_view, std::string_view>>;

/// Returns `metadata` with a member for each name; key values in them are masked.
JsonObject with_names(const JsonObject& metadata, AuditNames names);

/// Returns `entry` with the names of a key and of its broadcaster in its metadata.
AuditEntry with_key_names(AuditEntry entry, const StreamKey& key,
                          std::string_view broadcaster_name);

}  // namespace rescuestream::json
