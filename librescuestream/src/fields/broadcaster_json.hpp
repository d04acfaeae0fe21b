#pragma once

#include <string>

#include "json/body_reader.hpp"
#include "rescuestream/broadcasters.hpp"

/// Further JSON of broadcasters, in addition to rescuestream/json.hpp.
namespace rescuestream::fields {

/// Reads the input of a caller and adds its errors to `body`.
NewBroadcaster read_new_broadcaster(json::BodyReader& body);
BroadcasterPatch read_broadcaster_patch(json::BodyReader& body);

/// Returns the same input as the body of a request.
std::string to_body(const NewBroadcaster& input);
std::string to_body(const BroadcasterPatch& patch);

}  // namespace rescuestream::fields
