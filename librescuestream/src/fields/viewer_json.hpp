#pragma once

#include "json/document.hpp"
#include "rescuestream/viewers.hpp"

/// Further JSON of viewers, in addition to rescuestream/json.hpp.
namespace rescuestream::fields {

/// Reads what `to_json` writes, from a response of a server; the first token alone, by its id,
/// viewer id and end. Throws json::BadValue (json/values.hpp).
Viewer read_viewer(const rapidjson::Value& json);

}  // namespace rescuestream::fields
