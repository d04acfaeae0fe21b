#pragma once

#include <string>

#include "json/body_reader.hpp"
#include "json/document.hpp"
#include "rescuestream/broadcasters.hpp"

/// Further JSON of broadcasters, in addition to rescuestream/json.hpp.
namespace rescuestream::fields {

/// Reads the input of a caller and adds its errors to `body`.
NewBroadcaster read_new_broadcaster(json::BodyReader& body);
BroadcasterPatch read_broadcaster_patch(json::BodyReader& body);

/// Returns the same input as the body of a request.
std::string to_body(const NewBroadcaster& input);
std::string to_body(const BroadcasterPatch& patch);

/// Reads an object of the HTTP contract, as `to_json` writes it, from a response of a server.
/// Unknown members are ignored. Throws json::BadValue (json/values.hpp).
Broadcaster read_broadcaster(const rapidjson::Value& json);

}  // namespace rescuestream::fields
