#pragma once

#include <string>

#include "json/body_reader.hpp"
#include "json/document.hpp"
#include "rescuestream/guest_links.hpp"

/// Further JSON of guest links, in addition to rescuestream/json.hpp.
namespace rescuestream::fields {

/// Reads the input of a caller and adds its errors to `body`.
NewGuestLink read_new_guest_link(json::BodyReader& body, Timestamp now);
GuestLinkPatch read_guest_link_patch(json::BodyReader& body, Timestamp now);
/// Returns the same input as the body of a request.
std::string to_body(const NewGuestLink& input);
std::string to_body(const GuestLinkPatch& patch);

/// Reads an object of the HTTP contract, as `to_json` writes it, from a response of a server.
/// Unknown members are ignored. Throws json::BadValue (json/values.hpp).
GuestLink read_guest_link(const rapidjson::Value& json);
CreatedGuestLink read_created_guest_link(const rapidjson::Value& json);

}  // namespace rescuestream::fields
