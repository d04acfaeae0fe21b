#pragma once

#include <string>

#include "json/body_reader.hpp"
#include "json/document.hpp"
#include "rescuestream/nodes.hpp"

/// Further JSON of nodes, in addition to rescuestream/json.hpp.
namespace rescuestream::fields {

/// Reads the input of a caller and adds its errors to `body`.
NewNode read_new_node(json::BodyReader& body);
NodePatch read_node_patch(json::BodyReader& body);

/// Returns the same input as the body of a request.
std::string to_body(const NewNode& input);
std::string to_body(const NodePatch& patch);

/// Reads an object of the HTTP contract, as `to_json` writes it, from a response of a server.
/// Unknown members are ignored. Throws json::BadValue (json/values.hpp).
NodeStatus read_node(const rapidjson::Value& json);

}  // namespace rescuestream::fields
