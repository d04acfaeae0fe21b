#pragma once

#include <initializer_list>
#include <string_view>
#include <utility>

#include "rescuestream/json_object.hpp"

namespace rescuestream::json {

/// Names of what an audit entry is about, for its readers.
using AuditNames = std::initializer_list<std::pair<std::string_view, std::string_view>>;

/// Returns `metadata` with a member for each name; key values in them are masked.
JsonObject with_names(const JsonObject& metadata, AuditNames names);

}  // namespace rescuestream::json
