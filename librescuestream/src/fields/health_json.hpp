#pragma once

#include "json/document.hpp"
#include "rescuestream/health.hpp"

namespace rescuestream::fields {

/// Reads an object of the HTTP contract, as `to_json` writes it, from a response of a server.
/// Unknown members are ignored. Throws json::BadValue (json/values.hpp).
HealthCheck read_health_check(const rapidjson::Value& json);

}  // namespace rescuestream::fields
